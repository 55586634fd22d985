// What several suites ask the same way.

export const weather = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city'] } },
};

/** Every event of a stream. */
export const all = async (stream) => {
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
};
