/** Where the page begins: styles, fonts, the one connection to the core, and the window's parts. */
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "@fontsource-variable/source-serif-4/wght.css";
import "@fontsource-variable/source-serif-4/wght-italic.css";

import "./style/tokens.css";
import "./style/base.css";

import { mount } from "svelte";

import App from "./app/App.svelte";
import { connect } from "./ipc/connect.ts";
import { Core, reason } from "./model/core.ts";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app to mount into");

try {
  mount(App, { target, props: { core: new Core(await connect()), ticket: null } });
} catch (error) {
  // Nothing else can say it: without a core there is no page.
  const sentence = document.createElement("p");
  sentence.setAttribute("role", "alert");
  sentence.style.padding = "2rem";
  sentence.textContent = reason(error);
  target.replaceChildren(sentence);
}
