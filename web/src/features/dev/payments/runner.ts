import { LANES, stateOf, stepsOf, type Back, type FlowState, type LaneId, type StepId } from './flow';
import { newPurchase, STEPS, troubled, type Purchase } from './steps';

/** Walks through purchases, one step after the other, and remembers what came of each. */
export interface Runner {
  get: () => FlowState;
  subscribe: (told: () => void) => () => void;
  /** Runs a step, and those after it when asked to, until one is red. What stood behind it is forgotten. */
  run: (lane: LaneId, from: StepId, back: Back, onwards: boolean) => Promise<void>;
  runEverything: (lanes: readonly LaneId[], back: Back) => Promise<void>;
  /** After the step that is under way. */
  stop: () => void;
}

export function createRunner(): Runner {
  let state: FlowState = { 'stripe-pack': {}, 'stripe-plan': {}, 'creem-pack': {}, 'creem-plan': {} };
  const purchases = new Map<LaneId, Purchase>();
  const listeners = new Set<() => void>();
  let stopped = false;
  let busy = false;

  const put = (lane: LaneId, steps: FlowState[LaneId]) => {
    state = { ...state, [lane]: steps };
    for (const told of listeners) told();
  };

  async function step(lane: LaneId, id: StepId, purchase: Purchase): Promise<boolean> {
    const before = stepsOf(lane).slice(0, stepsOf(lane).indexOf(id));
    const kept = Object.fromEntries(before.map((s) => [s, stateOf(state[lane], s)]));
    put(lane, { ...kept, [id]: { at: 'running' } });
    const began = performance.now();
    const finding = await STEPS[id](purchase).catch((e: unknown) => troubled(id, e));
    put(lane, { ...kept, [id]: { at: 'done', finding, ms: performance.now() - began } });
    return finding.ok;
  }

  async function walk(lane: LaneId, from: StepId, back: Back, onwards: boolean) {
    const purchase = from === 'order' ? newPurchase(lane) : purchases.get(lane);
    if (!purchase) return;
    purchase.back = back;
    purchases.set(lane, purchase);
    const all = stepsOf(lane);
    for (const id of all.slice(all.indexOf(from), onwards ? all.length : all.indexOf(from) + 1))
      // one after the other is the point
      // oxlint-disable-next-line no-await-in-loop
      if (stopped || !(await step(lane, id, purchase))) return;
  }

  async function alone(act: () => Promise<void>) {
    if (busy) return;
    [busy, stopped] = [true, false];
    try {
      await act();
    } finally {
      busy = false;
    }
  }

  return {
    get: () => state,
    subscribe: (told) => {
      listeners.add(told);
      return () => listeners.delete(told);
    },
    run: (lane, from, back, onwards) => alone(() => walk(lane, from, back, onwards)),
    runEverything: (lanes, back) =>
      alone(async () => {
        for (const lane of LANES) if (lanes.includes(lane)) put(lane, {});
        // purchases of one account: their balances would mix
        for (const lane of lanes)
          // oxlint-disable-next-line no-await-in-loop
          if (!stopped) await walk(lane, 'order', back, true);
      }),
    stop: () => {
      stopped = true;
    },
  };
}
