/** Two people and a table: what one does to its shape while the other writes in it. The stories build on one another, in order. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { Person, agree, story, until } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben", { colorScheme: "dark" });

/** The table as it is seen: rows of words, by where each cell stands on the screen. */
const grid = (person) =>
  person.page.evaluate(() => {
    const rows = new Map();
    for (const cell of document.querySelectorAll(".sheaf-editor .cell, .sheaf-editor .hole")) {
      const { top, left } = cell.getBoundingClientRect();
      const copy = cell.querySelector(".cell-text")?.cloneNode(true);
      for (const foreign of copy?.querySelectorAll(".peer-caret, .ProseMirror-separator") ?? []) foreign.remove();
      const at = Math.round(top);
      const row = [...rows.keys()].find((known) => Math.abs(known - at) < 4) ?? at;
      rows.set(row, [...(rows.get(row) ?? []), { left, words: copy?.textContent ?? "" }]);
    }
    const across = (cells) => cells.sort((a, b) => a.left - b.left).map(({ words }) => words);
    return [...rows].sort(([a], [b]) => a - b).map(([, cells]) => across(cells));
  });

/** Everybody sees this table. */
const seen = async (wanted, ...people) => {
  let grids;
  await until(`${JSON.stringify(wanted)} to be seen, not ${JSON.stringify(grids)}`, async () => {
    grids = await Promise.all(people.map(grid));
    return grids.every((one) => JSON.stringify(one) === JSON.stringify(wanted));
  }).catch((error) => {
    throw new Error(`${error.message}; seen: ${JSON.stringify(grids)}`);
  });
};

/** Puts the caret into the cell with these words. */
const goesTo = async (person, words) => {
  await person.page.locator(".sheaf-editor .cell", { hasText: words }).first().click();
  await person.isInText();
  await person.presses("End");
};

story("a table comes from the menu, is written in with Tab, and grows in its last cell", async () => {
  await ada.opens();
  await ada.begins("Harvest");
  await ada.types("Before\n");
  await ada.types("/tab");
  await ada.presses("Enter");
  for (const words of ["Field", "Crop", "Day", "East", "rye", "Monday", "West", "oats", "Tuesday"]) {
    await ada.types(words);
    await ada.presses("Tab");
  }
  await ada.types("North");
  await seen([["Field", "Crop", "Day"], ["East", "rye", "Monday"], ["West", "oats", "Tuesday"], ["North", "", ""]], ada);
  await ada.picture("table-light");
});

story("a row by one and a column by the other cross in a cell that both may write in", async () => {
  await until("the title to be told", async () => (await ada.library()).includes("Harvest"));
  const ticket = await ada.shares();
  await ben.opens();
  await ben.joins(ticket, "Harvest");
  await seen([["Field", "Crop", "Day"], ["East", "rye", "Monday"], ["West", "oats", "Tuesday"], ["North", "", ""]], ada, ben);
  await goesTo(ada, "oats");
  await goesTo(ben, "oats");
  await ada.presses("Alt+Enter");
  await ada.page.getByRole("option", { name: "Add row below" }).waitFor();
  await ben.types(" /Add column right");
  await ben.page.getByRole("option", { name: "Add column right" }).waitFor();
  await Promise.all([ada.presses("Enter"), ben.presses("Enter")]);
  const rows = [["Field", "Crop", "", "Day"], ["East", "rye", "", "Monday"], ["West", "oats ", "", "Tuesday"], ["", "", "", ""], ["North", "", "", ""]];
  await seen(rows, ada, ben);
  // Ben stands in the new column, Ada in the new row: she writes there first, he goes to the same cell and adds to it.
  await ada.types("barley");
  await ada.presses("Tab");
  await ada.types("wheat");
  await ada.presses("Tab");
  await ada.types("crossing");
  rows[3] = ["barley", "wheat", "crossing", ""];
  await seen(rows, ada, ben);
  await ben.presses("ArrowDown");
  await ben.types(" of Ben");
  rows[3] = ["barley", "wheat", "crossing of Ben", ""];
  await seen(rows, ada, ben);
  await ada.picture("table-light");
  assert.deepEqual(await agree(ada, ben), await ada.lines());
});

story("Ben writes in a cell while Ada moves the table: no word is lost", async () => {
  await goesTo(ada, "East");
  await goesTo(ben, "wheat");
  const words = Array.from({ length: 10 }, (_, at) => `word${at}`);
  const moving = async () => {
    for (const way of ["up", "down", "up"]) {
      await ada.presses("Alt+Enter");
      await ada.page.getByRole("option", { name: `Move table ${way}` }).click();
    }
  };
  await Promise.all([moving(), ben.types(` ${words.join(" ")}`)]);
  await until("all words to be there, once", async () => {
    const text = (await agree(ada, ben)).join("\n");
    return words.every((word) => text.split(word).length === 2);
  });
  const lines = await ada.lines();
  assert.equal(lines.filter((line) => line === "Before").length, 1, lines.join("\n"));
  await seen([["Field", "Crop", "", "Day"], ["East", "rye", "", "Monday"], ["West", "oats ", "", "Tuesday"], ["barley", `wheat ${words.join(" ")}`, "crossing of Ben", ""], ["North", "", "", ""]], ada, ben);
});

/** Drags with the mouse from the cell with these words to that with those. */
const dragsOver = async (person, from, to) => {
  const middle = async (words) => {
    const { x, y, width, height } = await person.page.locator(".sheaf-editor .cell", { hasText: words }).first().boundingBox();
    return [x + width / 2, y + height / 2];
  };
  await person.page.mouse.move(...(await middle(from)));
  await person.page.mouse.down();
  await person.page.mouse.move(...(await middle(to)), { steps: 8 });
  await person.page.mouse.up();
};

const chosen = (person) => person.page.locator(".sheaf-editor [data-chosen-cell]").count();

story("cells that Ada chose stay hers to cut while Ben adds a row among them and writes there; what she cuts she pastes", async () => {
  const rest = [["barley", "wheat", "crossing of Ben", ""], ["North", "", "", ""]];
  const words = async () => (await grid(ada)).map((row) => row.map((cell) => (cell.startsWith("wheat") ? "wheat" : cell)));
  await dragsOver(ada, "rye", "Tuesday");
  await until("six cells to be chosen", async () => (await chosen(ada)) === 6);
  await ada.reads("2 rows, 3 columns chosen");
  await ada.picture("cells-light");
  // A header that nobody has written in yet is theirs to fill.
  const unwritten = /^empty-table-header/;
  assert.deepEqual((await ada.hindrances(".sheaf-editor")).filter((one) => !unwritten.test(one)), []);
  await goesTo(ben, "East");
  await ben.presses("Alt+Enter");
  await ben.page.getByRole("option", { name: "Add row below" }).click();
  await ben.types("between");
  await ada.sees("between");
  assert.equal(await chosen(ada), 6);
  await ada.presses("Control+x");
  const cut = [["Field", "Crop", "", "Day"], ["East", "", "", ""], ["between", "", "", ""], ["West", "", "", ""], ...rest];
  await until("the cells to be empty", async () => JSON.stringify(await words()) === JSON.stringify(cut));
  await ada.presses("Control+v");
  const pasted = [["Field", "Crop", "", "Day"], ["East", "rye", "", "Monday"], ["between", "", "", ""], ["West", "oats ", "", "Tuesday"], ...rest];
  await until("the words to be back", async () => JSON.stringify(await words()) === JSON.stringify(pasted));
  assert.equal(await chosen(ada), 6);
  await ada.presses("Control+b");
  await until("Ben to see them bold", async () => (await ben.page.locator(".sheaf-editor .cell strong").count()) === 4);
  await agree(ada, ben);
});

story("a row is chosen and deleted by its handle, and a column made wider by its edge", async () => {
  const at = await ben.page.locator(".sheaf-editor .cell", { hasText: "between" }).boundingBox();
  await ben.page.mouse.move(at.x + at.width / 2, at.y + at.height / 2, { steps: 4 });
  await ben.clicks("This row");
  await ben.page.getByRole("menuitem", { name: "Delete row" }).waitFor();
  await ben.picture("row-menu-dark");
  assert.deepEqual(await ben.hindrances("[role=menu]"), []);
  await ben.page.getByRole("menuitem", { name: "Delete row" }).click();
  await until("the row to be gone", async () => !(await grid(ada)).flat().includes("between"));
  const width = async () => (await ada.page.locator(".sheaf-editor .cell", { hasText: "Field" }).boundingBox()).width;
  const before = await width();
  const { x, y, width: wide, height } = await ben.page.locator(".sheaf-editor .cell", { hasText: "Field" }).boundingBox();
  await ben.page.mouse.move(x + wide - 4, y + height / 2, { steps: 4 });
  await ben.page.locator(".column-edge").waitFor();
  await ben.page.mouse.down();
  await ben.page.mouse.move(x + wide + 56, y + height / 2, { steps: 6 });
  await ben.picture("column-edge-dark");
  await ben.page.mouse.up();
  await until("Ada to see the column wider", async () => (await width()) > before + 40);
});

story("the menu of chosen cells fits into a low window and reaches its last line with a key", async () => {
  await ada.page.setViewportSize({ width: 900, height: 420 });
  await goesTo(ada, "East");
  await ada.presses("Shift+ArrowDown", "Alt+Enter");
  const menu = ada.page.locator("[role=menu]");
  await menu.waitFor();
  const { y, height } = await menu.boundingBox();
  assert.ok(y >= 0 && y + height <= 420, `from ${y}, ${height} high`);
  await ada.presses("End");
  await until("the last line to be seen", () =>
    menu.evaluate((menu) => {
      const { bottom } = [...menu.querySelectorAll("[role=menuitem]")].at(-1).getBoundingClientRect();
      return document.activeElement?.textContent.includes("Delete table") && bottom <= menu.getBoundingClientRect().bottom;
    }),
  );
  await ada.page.getByRole("menuitem", { name: "Delete 2 rows" }).waitFor();
  await ada.page.getByRole("menuitem", { name: "Delete column" }).waitFor();
  await ada.picture("cell-menu-low-light");
  await ada.presses("Escape");
  await menu.waitFor({ state: "detached" });
  await ada.page.setViewportSize({ width: 1280, height: 860 });
});

story("undo takes the whole insertion back, and redo brings it", async () => {
  await ben.begins("Second");
  await ben.types("one");
  await ben.presses("Enter");
  await ben.types("/tab");
  await ben.presses("Enter");
  await seen([["", "", ""], ["", "", ""], ["", "", ""]], ben);
  await ben.presses("Control+z");
  await until("the table to be gone", async () => (await grid(ben)).length === 0);
  assert.equal((await ben.lines())[0], "one");
  await ben.presses("Control+Shift+z");
  await seen([["", "", ""], ["", "", ""], ["", "", ""]], ben);
  await ben.presses("Control+Home", "ArrowDown");
  await ben.clicks("Rows and columns");
  await ben.page.getByRole("option", { name: "Delete column" }).waitFor();
  await ben.picture("table-menu-dark");
  await ben.page.getByRole("option", { name: "Delete column" }).click();
  await seen([["", ""], ["", ""], ["", ""]], ben);
});

story("what is copied as Markdown is what a file would say: widths, lists in cells, alignment, whatever its kind", async () => {
  const file = [
    "# Plan",
    "",
    '| <col width="300">Field | Crop \\| kind |',
    "| --- | --: |",
    '| East | **rye**<br class="ul">late<br class="ul">early |',
    "",
    "> [!NOTE]",
    "> Sow *late*.",
    "",
    "- [x] bind it",
    "  1. twice",
    "",
    "Water[^a] is `H2O`.",
    "",
    "[^a]: Rain.",
    "",
  ].join("\n");
  const path = join(ada.node.home, "copied.md");
  writeFileSync(path, file);
  await ada.node.command("new", "Copied", "--from", path);
  await until("the file's document to be listed", async () => (await ada.library()).includes("Copied"));
  await ada.chooses("Copied");
  await ada.isInText();
  await ada.presses("Control+a", "Control+a", "Control+Shift+c");
  const written = await ada.node.command("show", "Copied");
  await ada.hasCopied(written.trimEnd());
  assert.match(written, /<col width="300">Field/);
  await goesTo(ada, "East");
  await ada.presses("Shift+ArrowUp", "Control+a", "Control+Shift+c");
  await ada.hasCopied(written.slice(written.indexOf("| <col"), written.indexOf("\n\n> [!NOTE]")));
});

story("nobody's page complained", () => {
  assert.deepEqual([...ada.complaints, ...ben.complaints], []);
});
