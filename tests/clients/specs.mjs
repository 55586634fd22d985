// OpenAI's own description of its API, where it is at hand: AIMAKE_SPECS, or shared/specs beside the repository. It is too
// large to be kept here, and is not ours.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const file = [process.env.AIMAKE_SPECS, join(root, '..', 'shared', 'specs'), join(root, '..', '..', 'shared', 'specs')]
  .filter(Boolean)
  .map((folder) => join(folder, 'openai.yaml'))
  .find(existsSync);

/** Why tests that need it are skipped; false when it is there. */
export const missing = !file && 'openai.yaml is not at hand: set AIMAKE_SPECS to its folder';

let description, ajv;

/** `nullable`, of an older dialect that some of the schemas still use, in the words of today's. */
const read = (part) => {
  if (Array.isArray(part)) return part.map(read);
  if (part === null || typeof part !== 'object') return part;
  const { nullable, ...rest } = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, read(value)]));
  if (nullable === true) return { anyOf: [rest, { type: 'null' }] };
  return nullable === undefined || nullable === false ? rest : { ...rest, nullable };
};

/** Recorded answers of the service say null where the description does not. */
const asRecorded = (schemas) => {
  for (const part of schemas.Response.allOf) if (part.properties?.usage) part.properties.usage = { anyOf: [part.properties.usage, { type: 'null' }] };
};
const load = () => {
  if (ajv) return;
  description = read(parse(readFileSync(file, 'utf8'), { maxAliasCount: -1 }));
  asRecorded(description.components.schemas);
  ajv = formats.default(new Ajv2020.default({ strict: false, allErrors: true, validateFormats: false, logger: false }));
  ajv.addSchema({ $id: 'openai', components: { schemas: description.components.schemas } });
};

/** What is wrong with a value by the schema of that name; none when it is right. */
export const faults = (schema, value) => {
  load();
  const check = ajv.getSchema(`openai#/components/schemas/${schema}`);
  return check(value) ? [] : check.errors.map((error) => `${error.instancePath || '/'} ${error.message} ${JSON.stringify(error.params)}`);
};

/** The same for an event, judged as the one its type says it is. */
export const eventFaults = (schema, event) => {
  load();
  const { anyOf, oneOf } = description.components.schemas[schema];
  const names = (anyOf ?? oneOf).map(({ $ref }) => $ref.split('/').pop());
  const name = names.find((name) => description.components.schemas[name].properties?.type?.enum?.includes(event.type));
  return name ? faults(name, event) : [`no event is called ${event.type}`];
};

/** The members a schema names, itself and through what it is made of. */
export const members = (schema) => {
  load();
  const of = (part) => {
    if (part.$ref) return of(description.components.schemas[part.$ref.split('/').pop()]);
    return [...Object.keys(part.properties ?? {}), ...[...(part.allOf ?? []), ...(part.anyOf ?? []), ...(part.oneOf ?? [])].flatMap(of)];
  };
  return new Set(of({ $ref: `#/${schema}` }));
};
