/** The first document of a new profile: short, real, editable, deletable. Each line is a thing to try (ux.md 2 and 3). */

export const welcomeTitle = "Welcome to Sheaf";

export const welcomeMarkdown = `Your documents live on this computer. Share an invitation to edit with someone directly.

## Try it here

- [ ] Tick this box with a click
- [ ] Type \`/\` on an empty line and choose a block
- [ ] Select a few words and make them **bold**
- [ ] Start a line with \`#\` and a space for a heading
- [ ] Press Ctrl+Z: it takes back what *you* did, never what somebody else wrote

## Write with someone

Press **Share**, copy the invitation, and send it to someone you trust. You will see each other's words as you type. Go offline whenever you like: both of you can go on writing, and everything comes together when you meet again.

> Nothing you type waits for a network, and nothing leaves this computer before you share.
`;
