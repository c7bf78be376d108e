/** Every text of the pages has its German and Spanish words, in the file of its own namespace; plurals have theirs. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = join(process.cwd(), 'src');
const LANGUAGES = ['de', 'es'] as const;

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return files(path);
    return /\.tsx?$/.test(name) && !/\.(test|d)\.tsx?$/.test(name) ? [path] : [];
  });
}

const pages = readdirSync(join(source, 'pages'));
const namespaces = [...pages, 'app'];

/** The texts of a namespace: of a page's folder, or of everything outside of the pages. */
function textsOf(namespace: string): string[] {
  const chosen =
    namespace === 'app'
      ? files(source).filter((path) => !path.startsWith(join(source, 'pages')))
      : files(join(source, 'pages', namespace));
  const found = new Set<string>();
  for (const path of chosen)
    for (const [, quoted] of readFileSync(path, 'utf8').matchAll(/\bt\(\s*'((?:[^'\\]|\\.)*)'/g))
      found.add((quoted ?? '').replaceAll("\\'", "'"));
  return [...found].sort();
}

function wordsOf(namespace: string, language: string): Record<string, string> {
  const folder = namespace === 'app' ? 'words' : join('pages', namespace);
  try {
    return JSON.parse(readFileSync(join(source, folder, `words.${language}.json`), 'utf8'));
  } catch {
    return {};
  }
}

const holes = (text: string) => [...text.matchAll(/\{\{\w+\}\}/g)].map(([hole]) => hole).sort();

describe.each(namespaces)('the words of %s', (namespace) => {
  const texts = textsOf(namespace);
  it.each(LANGUAGES)('are all there in %s', (language) => {
    const words = wordsOf(namespace, language);
    const missing = texts.filter((text) => !(text in words) && !(`${text}_other` in words));
    expect(missing).toEqual([]);
  });
  it.each(LANGUAGES)('fill the same places in %s', (language) => {
    const wrong = Object.entries(wordsOf(namespace, language)).filter(([text, word]) => {
      const own = new Set(holes(word));
      return !/_(one|many|other)$/.test(text) && holes(text).some((hole) => !own.has(hole));
    });
    expect(wrong).toEqual([]);
  });
});

it('are spoken in the language of the browser, the shared ones too', async () => {
  const { i18next } = await import('@/words/i18n');
  await i18next.changeLanguage('de');
  await i18next.loadNamespaces('inbox');
  expect(i18next.t('Close')).toBe('Schließen');
  expect(i18next.t('Take over', { ns: 'inbox' })).toBe('Übernehmen');
  await i18next.changeLanguage('en');
});
