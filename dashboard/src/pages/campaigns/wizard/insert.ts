/** `{name}` put where the cursor stands in a text; and where the cursor is afterwards. */
export function insertVariable(
  text: string,
  from: number,
  to: number,
  name: string,
): { text: string; cursor: number } {
  const piece = `{${name}}`;
  return { text: text.slice(0, from) + piece + text.slice(to), cursor: from + piece.length };
}

/** A text in pieces, those of one character apart: it is the one that costs. */
export function around(text: string, character: string | null): { piece: string; isIt: boolean }[] {
  if (!character) return [{ piece: text, isIt: false }];
  return text
    .split(character)
    .flatMap((piece, n) =>
      n === 0
        ? [{ piece, isIt: false }]
        : [
            { piece: character, isIt: true },
            { piece, isIt: false },
          ],
    )
    .filter(({ piece }) => piece !== '');
}
