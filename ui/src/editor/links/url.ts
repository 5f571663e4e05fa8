/** Which links exist at all: http, https, mailto. Everything else is text. */
import { mayOpen } from "../../generated/schema.ts";

/** The URL as it may be kept and opened; undefined when it is not one of ours, or tries to look like something else. */
export function safeUrl(text: string): string | undefined {
  const trimmed = text.trim();
  return trimmed.length <= 4096 && mayOpen(trimmed) && URL.canParse(trimmed) ? trimmed : undefined;
}

/** What a person typed into a link field: a scheme is put in front when a host or an address is all there is. */
export function urlFromInput(text: string): string | undefined {
  const trimmed = text.trim();
  const asIs = safeUrl(trimmed);
  if (asIs !== undefined) return asIs;
  if (/^[^\s@/:]+@[^\s@/]+\.[^\s@/]+$/.test(trimmed)) return safeUrl(`mailto:${trimmed}`);
  if (/^[a-z][a-z0-9+.-]*:(?!\d)/i.test(trimmed)) return undefined;
  if (/^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+(:\d+)?([/?#].*)?$/u.test(trimmed) || /^localhost(:\d+)?([/?#].*)?$/.test(trimmed))
    return safeUrl(`https://${trimmed}`);
  return undefined;
}

/** Whether a pasted text is one link and nothing else. */
export function isOneUrl(text: string): boolean {
  const trimmed = text.trim();
  return /^(https?:\/\/|mailto:)\S+$/i.test(trimmed) && safeUrl(trimmed) !== undefined;
}
