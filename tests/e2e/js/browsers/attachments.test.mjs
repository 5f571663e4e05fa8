/** Images and files in the text: pasted, picked and dropped in one window, there in the other; and nothing in them is run. The stories build on one another. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { Person, story, until } from "./person.mjs";

const ada = new Person("Ada");
const ben = new Person("Ben", { colorScheme: "dark" });

/** What is drawn: how large it is, how wide it is shown and what is said of it. */
const images = (person) =>
  person.page.$$eval(".attachment.image", (all) =>
    all.map((one) => {
      const img = one.querySelector("img");
      return { natural: img?.naturalWidth ?? 0, shown: Math.round(one.querySelector(".attachment-frame").getBoundingClientRect().width), alt: img?.alt };
    }),
  );

const cards = (person) => person.page.$$eval(".attachment.file .attachment-name", (all) => all.map((one) => one.textContent));

async function seesImages(person, fits) {
  await until(`${person.name} to see the images`, async () => fits(await images(person)));
}

/** Takes a picture of nothing in particular, as a screenshot tool does, into the clipboard. */
async function copiesAScreenshot(person, width, height) {
  await person.page.evaluate(
    async ([width, height]) => {
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const pen = canvas.getContext("2d");
      for (let at = 0; at < width; at += 8) {
        pen.fillStyle = `hsl(${at} 70% 50%)`;
        pen.fillRect(at, 0, 8, height);
      }
      const png = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
      await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
    },
    [width, height],
  );
}

/** Chooses an item of the insert menu that asks for a file, and answers with these. */
async function picks(person, item, files) {
  const asked = person.page.waitForEvent("filechooser");
  await person.types(`/${item}`);
  await person.presses("Enter");
  await (await asked).setFiles(files);
}

story("a screenshot that Ada pastes is in Ben's window", async () => {
  await ada.opens();
  await ada.begins("Field notes");
  await ada.types("What we saw:");
  await copiesAScreenshot(ada, 320, 200);
  await ada.presses("Control+v");
  await seesImages(ada, ([one]) => one?.natural === 320 && one.shown === 320);
  const ticket = await ada.shares();
  await ben.opens();
  await ben.joins(ticket, "Field notes");
  await seesImages(ben, ([one]) => one?.natural === 320 && one.shown === 320);
  await ada.writes(" on Monday.");
  await ben.sees("on Monday.");
});

story("what is to be seen is said with keys, the width set with keys, and both merge", async () => {
  await ada.page.focus(".sheaf-editor");
  await ada.page.evaluate(() => document.querySelector(".attachment.image").scrollIntoView());
  const goesIn = async (person) => {
    await person.page.focus(".sheaf-editor");
    await person.isInText();
    await person.presses("Control+Home", "End", "ArrowRight", "Alt+Enter");
    await until(`${person.name} to be in the image`, () => person.page.evaluate(() => document.activeElement?.closest(".attachment") !== null));
  };
  await goesIn(ada);
  await ada.page.locator(".attachment-alt").focus();
  await ada.types("Stripes of every colour");
  await ada.presses("Enter");
  // An image is drawn anew when somebody else changes it, and whoever is at work in it has to go in again.
  await seesImages(ben, ([one]) => one?.alt === "Stripes of every colour");
  await goesIn(ben);
  await ben.page.locator(".attachment-handle").focus();
  await ben.presses("ArrowLeft", "ArrowLeft");
  for (const person of [ada, ben]) await seesImages(person, ([one]) => one?.shown === 288 && one.alt === "Stripes of every colour");
  assert.deepEqual(await ada.hindrances(".sheaf-editor"), []);
});

story("a caption is added from the block's menu, seen by the other, written as Markdown, read out and printed with its image", async () => {
  await ada.page.focus(".sheaf-editor");
  await ada.presses("Control+Home", "End", "ArrowRight", "Escape", "Enter");
  await ada.clicks("Caption", "menuitem");
  await ada.types("A **loud** fence");
  await ben.sees("A loud fence");
  for (const person of [ada, ben]) {
    const read = await person.page.$eval(".attachment.image", (one) => {
      const caption = document.getElementById(one.getAttribute("aria-describedby")).cloneNode(true);
      caption.querySelectorAll(".peer-caret").forEach((name) => name.remove());
      return [one.getAttribute("role"), caption.textContent];
    });
    assert.deepEqual(read, ["figure", "A loud fence"]);
    await person.page.mouse.move(5, 5);
    await person.picture(`caption-${person.name}`);
    assert.deepEqual(await person.hindrances(".sheaf-editor"), []);
  }
  await until("it to be in the Markdown", async () => /\/>\n\n<sheaf-caption\/>A \*\*loud\*\* fence\n/.test(await ada.node.command("show", "Field notes")));
  await ada.page.evaluate(() => (window.print = () => (window.printed = document.querySelector(".printed figure")?.outerHTML)));
  await ada.presses("Control+p");
  const printed = await until("it to be printed", () => ada.page.evaluate(() => window.printed));
  assert.match(printed, /^<figure><img alt="Stripes of every colour" src="blob:[^"]+" style="width: 288px;"><figcaption>A <strong>loud<\/strong> fence<\/figcaption><\/figure>$/);
  await ada.page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
});

story("an image that holds a program is drawn, and the program is not run", async () => {
  await ada.writes("\n");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40" onload="top.ran = 1"><script>top.ran = 1; parent.ran = 1</script><rect width="60" height="40" fill="teal"/></svg>`;
  await picks(ada, "image", [{ name: "map.svg", mimeType: "image/svg+xml", buffer: Buffer.from(svg) }]);
  for (const person of [ada, ben]) {
    await seesImages(person, (all) => all.length === 2 && all[1].natural === 60);
    assert.equal(await person.page.evaluate(() => globalThis.ran), undefined);
    assert.deepEqual(person.complaints, []);
  }
});

story("a page that calls itself a picture is a card that can be saved and not opened", async () => {
  await ada.writes("\n");
  const page = Buffer.from("<!doctype html><script>globalThis.ran = 1</script>");
  await picks(ada, "file", [{ name: "photo\u202Egnp.html", mimeType: "image/png", buffer: page }]);
  await until("both to have the card", async () => (await cards(ada)).length === 1 && (await cards(ben)).length === 1);
  assert.deepEqual(await cards(ben), ["photo[U+202E]gnp.html"]);
  const saved = ben.page.waitForEvent("download");
  await ben.page.locator(".attachment.file .attachment-save").click();
  assert.deepEqual(await readFile(await (await saved).path()), page);
  assert.equal(await ben.page.evaluate(() => globalThis.ran), undefined);
});

story("everything is there after a reload", async () => {
  await ben.page.reload();
  await ben.page.waitForSelector(".sheaf-editor, nav");
  if ((await ben.page.locator(".sheaf-editor").count()) === 0) await ben.chooses("Field notes");
  await seesImages(ben, (all) => all.length === 2 && all[0].shown === 288 && all[0].natural === 320 && all[1].natural === 60);
  assert.equal((await cards(ben)).length, 1);
  for (const person of [ada, ben]) assert.deepEqual(person.complaints, []);
});

story("whoever wants no files by themselves is asked for each, and the choice holds after a new start", async () => {
  const chosen = () => ben.presses("Control+,");
  const shows = (value) => until(`${value} to be chosen`, async () => (await ben.page.getByLabel("Fetch by themselves").inputValue()) === value);
  await chosen();
  await shows("50");
  await ben.page.getByLabel("Fetch by themselves").selectOption({ label: "None" });
  await shows("0");
  await ben.leavesDialog();
  await ben.page.reload();
  await ben.page.waitForSelector(".sheaf-editor");
  await chosen();
  await shows("0");
  assert.deepEqual(await ben.hindrances("[role=dialog]"), []);
  await ben.leavesDialog();
  await ada.writes("\n");
  await picks(ada, "file", [{ name: "hares.txt", mimeType: "text/plain", buffer: Buffer.from("Two hares.") }]);
  const card = ben.page.locator(".attachment.file", { hasText: "hares.txt" });
  await card.getByRole("button", { name: "Get it" }).click();
  await card.getByRole("button", { name: "Save…" }).waitFor();
});

story("an image is copied for other programs as the PNG that it is, and one of another sort as a PNG", async () => {
  await ada.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const copied = async (nth) => {
    const image = ada.page.locator(".attachment.image").nth(nth);
    await image.hover();
    await image.getByRole("button", { name: "Copy image" }).click();
    await image.getByText("Copied").waitFor();
    return await ada.page.evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      const { width, height } = await createImageBitmap(await item.getType("image/png"));
      return `${item.types.join()} ${width}x${height}`;
    });
  };
  assert.equal(await copied(0), "image/png 320x200");
  assert.equal(await copied(1), "image/png 60x40");
  for (const person of [ada, ben]) assert.deepEqual(person.complaints, []);
});

story("pictures in what is pasted from elsewhere come along, each where it stood; what stands on the web stays there, and Ada is told", async () => {
  await ada.begins("Pasted");
  await ada.page.evaluate(() => {
    const drawn = (width) => {
      const canvas = Object.assign(document.createElement("canvas"), { width, height: 40 });
      canvas.getContext("2d").fillRect(0, 0, width, 40);
      return canvas.toDataURL(width > 100 ? "image/jpeg" : "image/png");
    };
    const data = new DataTransfer();
    const away = '<img src="http://127.0.0.1:9/never.png" alt="the farm">';
    data.setData("text/html", `<p>One.</p><p><img src="${drawn(90)}" alt="a sheaf"></p><p>Two.</p><p><img src="${drawn(120)}"></p><p>See ${away}.</p>`);
    document.querySelector(".sheaf-editor").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await seesImages(ada, (all) => all.map(({ natural }) => natural).join() === "90,120");
  assert.equal((await images(ada))[0].alt, "a sheaf");
  const lines = (await ada.page.$$eval(".sheaf-editor > *", (all) => all.map((one) => (one.querySelector(".attachment") ? "image" : one.textContent)))).filter(Boolean);
  assert.deepEqual(lines, ["One.", "image", "Two.", "image", "See the farm."]);
  await ada.reads("1 picture is a link now: Sheaf fetches nothing from the web by itself.");
  await ada.picture("pasted-pictures-light");
});

/** The next file is not read before it is let go. */
const holdsBack = (person) =>
  person.page.evaluate(() => {
    const read = Blob.prototype.arrayBuffer;
    const held = new Promise((letGo) => (window.letGo = letGo));
    Blob.prototype.arrayBuffer = async function () {
      await held;
      Blob.prototype.arrayBuffer = read;
      return read.call(this);
    };
  });

story("a file on its way arrives although Ada goes to another document meanwhile, and one that she gives up does not", async () => {
  await ada.begins("Barn");
  await ada.types("What is in it:");
  await holdsBack(ada);
  await ada.presses("Enter");
  await picks(ada, "file", [{ name: "owls.txt", mimeType: "text/plain", buffer: Buffer.from("Two owls.") }]);
  await ada.reads("Attaching owls.txt: 0%");
  await ada.begins("Elsewhere");
  await ada.reads("Attaching owls.txt: 0%");
  assert.deepEqual(await ada.hindrances("main"), []);
  await ada.picture("attaching-elsewhere");
  await ada.page.evaluate(() => window.letGo());
  await ada.page.getByText("Attaching owls.txt").waitFor({ state: "detached" });
  await ada.hasSaved("Barn", (text) => text.includes("owls.txt"));

  await ada.chooses("Barn");
  await until("the card to be there", async () => (await cards(ada)).join() === "owls.txt");
  await holdsBack(ada);
  await ada.page.locator(".sheaf-editor").focus();
  await ada.presses("Control+End");
  await picks(ada, "file", [{ name: "mice.txt", mimeType: "text/plain", buffer: Buffer.from("Forty mice.") }]);
  await ada.clicks("Cancel: attach mice.txt");
  await ada.isInText();
  await ada.page.getByText("Attaching mice.txt").waitFor({ state: "detached" });
  await ada.page.evaluate(() => window.letGo());
  await ada.types("No mice.");
  await ada.hasSaved("Barn", (text) => text.includes("No mice.") && !text.includes("mice.txt"));
  assert.deepEqual(await cards(ada), ["owls.txt"]);
  assert.deepEqual(ada.complaints, []);
});
