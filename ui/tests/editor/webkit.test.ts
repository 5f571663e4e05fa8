/** The editor's suite in real WebKitGTK. */
import { startWebKit } from "../drive/webkit.ts";
import { tellAll } from "./engine.ts";

tellAll("webkit", startWebKit);
