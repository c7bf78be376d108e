/** Lines as somebody types them: a number, and perhaps a name behind a comma, a semicolon or a tab. */
export interface TypedRow {
  phone_number: string;
  name: string;
}

export function readLines(text: string): TypedRow[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [number = '', ...rest] = line.split(/[,;\t]/);
      return { phone_number: number.trim(), name: rest.join(' ').trim() };
    });
}

export function inPortions<T>(rows: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, n) =>
    rows.slice(n * size, (n + 1) * size),
  );
}
