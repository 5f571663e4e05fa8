/** The editor's suite in real WebKitGTK. */
import { startWebKit } from "../drive/webkit.ts";
import { tellAll } from "./told.ts";

tellAll("webkit", startWebKit);
