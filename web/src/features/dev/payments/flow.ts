import type { TFunction } from 'i18next';
import { FLOW_LANES as LANES } from '@/app/search';
import type { FlowEvent } from './dev';

export { LANES };
export type LaneId = (typeof LANES)[number];
export const BACKS = ['refund', 'dispute'] as const;
export type Back = (typeof BACKS)[number];

export const providerOf = (lane: LaneId) => (lane.startsWith('stripe') ? 'stripe' : 'creem');
export const isPlan = (lane: LaneId) => lane.endsWith('plan');

const EVERY = [
  'order',
  'page',
  'pay',
  'return',
  'webhook',
  'paid',
  'credits',
  'entry',
  'books',
  'back',
  'end',
  'gone',
] as const;
export type StepId = (typeof EVERY)[number];

/** A pack has nothing that goes on after it. */
export const stepsOf = (lane: LaneId): readonly StepId[] =>
  isPlan(lane) ? EVERY : EVERY.filter((s) => s !== 'end');

/** A sentence that follows a switch of language. */
export type Say = (t: TFunction<'flow'>) => string;

/** What a step can offer beside its cure. */
export type Fix = 'endSubscription';

export interface Finding {
  ok: boolean;
  expected: Say;
  came: Say;
  /** What to do about it. */
  cure?: Say | undefined;
  fix?: Fix | undefined;
  events?: readonly FlowEvent[] | undefined;
}

export type StepState = { at: 'idle' } | { at: 'running' } | { at: 'done'; finding: Finding; ms: number };

export type LaneState = Readonly<Partial<Record<StepId, StepState>>>;
export type FlowState = Readonly<Record<LaneId, LaneState>>;

const IDLE: StepState = { at: 'idle' };
export const stateOf = (lane: LaneState, step: StepId): StepState => lane[step] ?? IDLE;
export const isGreen = (state: StepState) => state.at === 'done' && state.finding.ok;

/** How a lane stands, in one word. */
export function verdictOf(id: LaneId, lane: LaneState): 'idle' | 'running' | 'green' | 'red' {
  const states = stepsOf(id).map((s) => stateOf(lane, s));
  if (states.some((s) => s.at === 'running')) return 'running';
  if (states.some((s) => s.at === 'done' && !s.finding.ok)) return 'red';
  return states.every(isGreen) ? 'green' : 'idle';
}

/** A step can be run when everything before it has been, green or red: only without an order there is nothing to go on with. */
export const canRun = (id: LaneId, lane: LaneState, step: StepId) =>
  stepsOf(id)
    .slice(0, stepsOf(id).indexOf(step))
    .every((s) => (s === 'order' ? isGreen(stateOf(lane, s)) : stateOf(lane, s).at === 'done'));
