/** Every class of a style sheet is used by a page that imports it. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';

const source = join(process.cwd(), 'src');
const paths = readdirSync(source, { recursive: true, encoding: 'utf8' }).map((path) => join(source, path));
const pages = paths.filter((path) => /\.tsx?$/.test(path)).map((path) => readFileSync(path, 'utf8'));

/** Those of libraries stand in `:global(…)`. */
function classesOf(sheet: string): string[] {
  const selectors = sheet
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/:global\([^)]*\)/g, '')
    .replace(/\{[^{}]*\}/g, '{}');
  return [...new Set([...selectors.matchAll(/\.([a-z][\w-]*)/gi)].map(([, name]) => name as string))];
}

it('knows the classes of a sheet', () => {
  expect(classesOf('.a, .b:hover > .c { top: 0.5em } @media (x) { .d :global(.e) { } } /* .f */')).toEqual([
    'a',
    'b',
    'c',
    'd',
  ]);
});

it('has no class that nobody uses', () => {
  const dead = paths
    .filter((path) => path.endsWith('.module.css'))
    .flatMap((path) => {
      const users = pages.flatMap((text) => {
        const [, sheet] = new RegExp(`import (\\w+) from '[^']*/${basename(path)}'`).exec(text) ?? [];
        return sheet ? [{ sheet, text }] : [];
      });
      const isUsed = (name: string) =>
        users.some(({ sheet, text }) =>
          new RegExp(`\\b${sheet}(\\.${name}\\b|\\['${name}'\\])|[cC]lass="${name}"`).test(text),
        );
      return classesOf(readFileSync(path, 'utf8'))
        .filter((name) => !isUsed(name))
        .map((name) => `${basename(path)} ${name}`);
    });
  expect(dead).toEqual([]);
});
