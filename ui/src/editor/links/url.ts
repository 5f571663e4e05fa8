/** Which links exist at all: http, https, mailto. Everything else is text. */

const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** The URL as it may be kept and opened; undefined when its scheme is not one of ours. */
export function safeUrl(text: string): string | undefined {
  const trimmed = text.trim();
  // Control characters and spaces hide schemes from people.
  // eslint-disable-next-line no-control-regex
  if (trimmed === "" || trimmed.length > 4096 || /[\u0000-\u0020\u007f]/.test(trimmed)) return undefined;
  let url: URL;
  try {
    url = new URL(trimmed);
  } catch {
    return undefined;
  }
  if (!SCHEMES.has(url.protocol)) return undefined;
  if (url.protocol !== "mailto:" && url.hostname === "") return undefined;
  return trimmed;
}

/** What a person typed into a link field: a scheme is put in front when a host or an address is all there is. */
export function urlFromInput(text: string): string | undefined {
  const trimmed = text.trim();
  const asIs = safeUrl(trimmed);
  if (asIs !== undefined) return asIs;
  if (/^[^\s@/:]+@[^\s@/]+\.[^\s@/]+$/.test(trimmed)) return safeUrl(`mailto:${trimmed}`);
  if (/^[a-z][a-z0-9+.-]*:(?!\d)/i.test(trimmed)) return undefined;
  if (/^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+(:\d+)?([/?#].*)?$/u.test(trimmed) || /^localhost(:\d+)?([/?#].*)?$/.test(trimmed)) return safeUrl(`https://${trimmed}`);
  return undefined;
}

/** Whether a pasted text is one link and nothing else. */
export function isOneUrl(text: string): boolean {
  const trimmed = text.trim();
  return /^(https?:\/\/|mailto:)\S+$/i.test(trimmed) && safeUrl(trimmed) !== undefined;
}
