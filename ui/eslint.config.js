/**
 * What the linter holds: strict TypeScript, no `any`, and the arrows of the page (the editor names no UI framework, a feature names no other).
 */
import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import tseslint from "typescript-eslint";

const noFramework = {
  patterns: [
    {
      group: ["svelte", "svelte/*", "bits-ui", "@lucide/svelte", "**/features/**", "**/app/**"],
      message: "The editor is framework-free and knows no chrome.",
    },
  ],
};

export default tseslint.config(
  { ignores: ["dist", "node_modules", "bench/node_modules", "bench/screen/dist", "src/generated"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...svelte.configs.recommended,
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    rules: {
      "no-undef": "off",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/no-non-null-assertion": "error",
      eqeqeq: "error",
      "no-console": ["error", { allow: ["warn", "error"] }],
      "max-lines": ["error", { max: 600 }],
    },
  },
  { files: ["src/editor/**", "src/ipc/**"], rules: { "no-restricted-imports": ["error", noFramework] } },
  { files: ["tests/**", "bench/**", "**/*.test.ts"], rules: { "no-console": "off", "@typescript-eslint/no-non-null-assertion": "off" } },
);
