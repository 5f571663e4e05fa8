/** Following a pointer from its press until it is let go, wherever it goes in the window. Escape ends it, and so does the system. */

/** Who follows. */
export interface Follower {
  move(event: PointerEvent): void;
  /** It was let go. */
  up(event: PointerEvent): void;
  /** It ended without being let go: everything is to be as it was. */
  cancel(): void;
}

/** Follows the pointer that was just pressed. Answers what ends that. */
export function follow(follower: Follower): () => void {
  const move = (event: PointerEvent): void => follower.move(event);
  const up = (event: PointerEvent): void => follower.up(event);
  const cancel = (): void => follower.cancel();
  const key = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    follower.cancel();
  };
  addEventListener("pointermove", move, true);
  addEventListener("pointerup", up, true);
  addEventListener("pointercancel", cancel, true);
  addEventListener("keydown", key, true);
  return () => {
    removeEventListener("pointermove", move, true);
    removeEventListener("pointerup", up, true);
    removeEventListener("pointercancel", cancel, true);
    removeEventListener("keydown", key, true);
  };
}
