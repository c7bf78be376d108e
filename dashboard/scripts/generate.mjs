// Types of the HTTP API (from OpenAPI) and of the live frames (from the event schemas), made anew from the services.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { compile } from 'json-schema-to-typescript';
import openapiTS, { astToString } from 'openapi-typescript';

const here = (path) => new URL(`../${path}`, import.meta.url);
const python = process.env.PARLEY_PYTHON ?? here('../.venv/bin/python').pathname;
const openapi = here('src/api/openapi.json');

execFileSync(python, [here('../scripts/openapi.py').pathname, openapi.pathname], { stdio: 'inherit' });
keep(here('src/api/schema.d.ts'), astToString(await openapiTS(openapi, { alphabetize: true })));

const { components } = JSON.parse(readFileSync(here('../docs/asyncapi.json'), 'utf8'));
const events = {
  title: 'Events',
  type: 'object',
  additionalProperties: false,
  required: Object.keys(components.schemas),
  properties: Object.fromEntries(
    Object.keys(components.schemas).map((name) => [name, { $ref: `#/components/schemas/${name}` }]),
  ),
  components,
};
keep(here('src/live/events.d.ts'), await compile(events, 'Events', { bannerComment: '', format: false }));

/** A file that did not change keeps its time, so nothing is checked again. */
function keep(file, text) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}
