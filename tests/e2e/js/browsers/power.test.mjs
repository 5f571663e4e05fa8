/** The power fails, again and again, while somebody writes: what the status called saved is there afterwards, and the page goes on by itself. */
import assert from "node:assert/strict";

import { plugsIn } from "../cable.mjs";
import { Person, story, until } from "./person.mjs";

const ada = new Person("Ada");
const KILLS = 5;

story(`${KILLS} times the power fails in the middle of typing, and the page comes back with everything`, async (context) => {
  await ada.opens();
  await plugsIn(ada.page, ada.node);
  await ada.page.reload();
  await ada.page.waitForSelector(".sheaf-editor");
  await ada.begins("Storm");
  let typed = "";
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = `calm${kill} `;
    await ada.writes(before);
    typed += before;
    await ada.isTold("Saved on this device");
    const [storm, dark] = [`storm${kill} `, `dark${kill} `];
    const typing = ada.types(storm);
    await new Promise((done) => setTimeout(done, 20 * kill));
    await ada.node.isCutOff();
    await typing;
    await ada.reads("Sheaf stopped answering.");
    await ada.types(dark);
    typed += storm + dark;
    await ada.node.starts();
    const onDisk = await ada.node.command("show", "Storm");
    for (let at = 0; at <= kill; at += 1) assert.ok(onDisk.includes(`calm${at}`), `calm${at} was called saved and is not in: ${onDisk}`);
    await ada.reads("Saved on this device");
    await until("what was typed in the dark to be saved, too", async () => (await ada.node.command("show", "Storm")).trim() === typed.trim());
    assert.equal((await ada.lines()).join("\n"), typed);
  }
  context.diagnostic(`${KILLS} kills, ${typed.trim().split(" ").length} words, none lost, none twice`);
});

story("a page that is opened anew after the last failure shows the same", async () => {
  const before = await ada.lines();
  await ada.page.context().close();
  await ada.looks();
  await ada.seesTitle("Storm");
  await until("the text", async () => (await ada.lines()).join("\n") === before.join("\n"));
});
