/** The editor's suite in Chromium. */
import { startChromium } from "../drive/chromium.ts";
import { tellAll } from "./engine.ts";

tellAll("chromium", startChromium);
