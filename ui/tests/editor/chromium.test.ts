/** The editor's suite in Chromium. */
import { startChromium } from "../drive/chromium.ts";
import { tellAll } from "./told.ts";

tellAll("chromium", startChromium);
