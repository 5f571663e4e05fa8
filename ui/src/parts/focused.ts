/** Takes the keys as soon as it is on the page: the next step of what somebody is at. */
export function focused(element: HTMLElement): void {
  element.focus();
}
