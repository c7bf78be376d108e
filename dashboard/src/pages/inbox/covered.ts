/** A menu or dialog is open: Escape is for it. */
export const isCovered = () => document.querySelector('[role=menu], [role=dialog]') !== null;
