/** Words as they stand in HTML, so that nothing in them is an element. Needs no DOM. */

/** Escapes a text for HTML, between elements and in attributes with double quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign] ?? sign);
}
