/** The languages that code can be in: how they are called, and what else people write behind the three backticks. */

/** A language that is coloured. `name` is its own name, the same in every language of the interface. */
export interface Language {
  readonly id: string;
  readonly name: string;
  readonly also: readonly string[];
}

const said = (id: string, name: string, ...also: string[]): Language => ({ id, name, also });

/** In the order of their names, as a picker shows them. */
export const LANGUAGES: readonly Language[] = [
  said("bash", "Bash", "sh", "shell", "zsh", "console"),
  said("c", "C", "h"),
  said("csharp", "C#", "cs", "c#"),
  said("cpp", "C++", "c++", "cc", "hpp"),
  said("css", "CSS"),
  said("diff", "Diff", "patch"),
  said("dockerfile", "Dockerfile", "docker"),
  said("go", "Go", "golang"),
  said("graphql", "GraphQL", "gql"),
  said("xml", "HTML, XML", "html", "svg", "xhtml", "vue", "svelte"),
  said("ini", "INI, TOML", "toml"),
  said("java", "Java"),
  said("javascript", "JavaScript", "js", "jsx", "mjs", "node"),
  said("json", "JSON", "json5", "jsonc"),
  said("kotlin", "Kotlin", "kt"),
  said("latex", "LaTeX", "tex"),
  said("lua", "Lua"),
  said("makefile", "Makefile", "make", "mk"),
  said("math", "TeX (formula)"),
  said("markdown", "Markdown", "md"),
  said("mermaid", "Mermaid (diagram)"),
  said("perl", "Perl", "pl"),
  said("php", "PHP"),
  said("python", "Python", "py"),
  said("r", "R"),
  said("ruby", "Ruby", "rb"),
  said("rust", "Rust", "rs"),
  said("scss", "SCSS", "sass"),
  said("sql", "SQL", "postgresql", "mysql", "sqlite"),
  said("swift", "Swift"),
  said("typescript", "TypeScript", "ts", "tsx", "mts"),
  said("yaml", "YAML", "yml"),
];

const byName = new Map(LANGUAGES.flatMap((language) => [language.id, ...language.also].map((name) => [name, language] as const)));

/** The language that a name in the text means; undefined for one that is not coloured. */
export function languageNamed(name: string): Language | undefined {
  return byName.get(name.toLowerCase());
}
