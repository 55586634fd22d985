// The official Stripe client believes it talks to Stripe, and verifies what the simulator sends.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import Stripe from 'stripe';
import { receive } from './receiver.mjs';
import { startSimulator } from './simulator.mjs';

const secret = 'whsec_client_test_0123456789';
let simulator;

/** The client has no setting for a path in front of `/v1`, so its calls are handed on to where the simulator has it. */
const client = (options = {}, key = 'sk_test_client') =>
  new Stripe(key, {
    host: 'stripe.invalid',
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient((address, init) => fetch(`${simulator.address}/stripe${address.replace(/^https:\/\/stripe\.invalid(:443)?/, '')}`, init)),
    ...options,
  });
const act = (path) => simulator.tell(`/__stripe/${path}`);
const pack = (more = {}) => ({
  mode: 'payment',
  client_reference_id: 'order-1',
  line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 1900, product_data: { name: '1,000 credits & bonus 积分' } } }],
  success_url: 'https://app.example/done?session_id={CHECKOUT_SESSION_ID}',
  cancel_url: 'https://app.example/billing',
  metadata: { pack: 'p1000' },
  ...more,
});
const subscribe = async (more = {}) => {
  const session = await client().checkout.sessions.create({
    mode: 'subscription',
    client_reference_id: 'order-sub',
    line_items: [{ quantity: 1, price: 'price_pro_2900_usd_month' }],
    success_url: 'https://app.example/done',
    subscription_data: { metadata: { user_id: '42' }, ...more },
  });
  return act(`sessions/${session.id}/pay`);
};
const refused = (code, param) => (error) => {
  assert.ok(error instanceof Stripe.errors.StripeInvalidRequestError, String(error));
  assert.deepEqual([error.code, error.param], [code, param]);
  return true;
};

before(async () => {
  simulator = await startSimulator();
});
after(async () => {
  assert.equal(await simulator.stop(), 0);
});
beforeEach(() => simulator.reset());

describe('a pack', () => {
  test('is offered, paid on the page and found again', async () => {
    const customer = await client().customers.create({ email: 'ana@example.org', name: 'Ana', metadata: { user_id: '42' } });
    const made = await client().checkout.sessions.create(pack({ customer: customer.id, payment_intent_data: { metadata: { order_id: 'order-1' } }, expand: ['line_items', 'customer'] }));
    assert.deepEqual([made.status, made.payment_status, made.amount_total, made.currency, made.customer.email], ['open', 'unpaid', 1900, 'usd', 'ana@example.org']);
    assert.equal(made.line_items.data[0].description, '1,000 credits & bonus 积分');

    const page = await fetch(made.url, { headers: { 'Accept-Language': 'zh-CN' } });
    const text = await page.text();
    assert.match(text, /付款/);
    assert.match(text, /USD 19\.00/);
    assert.match(text, /1,000 credits &amp; bonus/);
    const paid = await fetch(made.url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ what: 'pay' }) });
    assert.deepEqual([paid.status, paid.headers.get('location')], [303, `https://app.example/done?session_id=${made.id}`]);

    const session = await client().checkout.sessions.retrieve(made.id, { expand: ['payment_intent.latest_charge'] });
    assert.deepEqual([session.status, session.payment_status, session.url, session.client_reference_id], ['complete', 'paid', null, 'order-1']);
    assert.deepEqual([session.payment_intent.status, session.payment_intent.metadata.order_id, session.payment_intent.latest_charge.amount], ['succeeded', 'order-1', 1900]);
    assert.equal((await client().checkout.sessions.listLineItems(made.id)).data[0].amount_total, 1900);

    const books = await (await fetch(`${simulator.address}/__payments`)).json();
    assert.deepEqual(
      books.filter(({ order }) => order === 'order-1').map(({ amount, currency, refunded }) => [amount, currency, refunded]),
      [[1900, 'usd', 0]],
    );
  });

  test('is paid later, or never', async () => {
    for (const [what, event, status] of [
      ['arrive', 'checkout.session.async_payment_succeeded', 'paid'],
      ['bounce', 'checkout.session.async_payment_failed', 'unpaid'],
    ]) {
      const session = await client().checkout.sessions.create(pack());
      assert.equal((await act(`sessions/${session.id}/pay-later`)).payment_status, 'unpaid');
      assert.equal((await act(`sessions/${session.id}/${what}`)).payment_status, status);
      const events = await client().events.list({ type: event, limit: 1 });
      assert.equal(events.data[0].data.object.id, session.id);
    }
  });

  test('expires, on request or by itself', async () => {
    const session = await client().checkout.sessions.create(pack());
    assert.equal((await client().checkout.sessions.expire(session.id)).status, 'expired');
    await assert.rejects(client().checkout.sessions.expire(session.id), Stripe.errors.StripeInvalidRequestError);
    assert.match(await (await fetch(session.url)).text(), /no longer open/);
  });

  test('is refused with the parameter at fault', async () => {
    const [item] = pack().line_items;
    const cases = [
      [pack({ colour: 'red' }), 'parameter_unknown', 'colour'],
      [pack({ payment_method_types: ['card'] }), 'parameter_unknown', 'payment_method_types'],
      [pack({ line_items: undefined }), 'parameter_missing', 'line_items'],
      [pack({ success_url: undefined }), 'parameter_missing', 'success_url'],
      [pack({ success_url: 'nowhere' }), 'url_invalid', 'success_url'],
      [pack({ line_items: [{ ...item, quantity: 'two' }] }), 'parameter_invalid_integer', 'line_items[0][quantity]'],
      [pack({ line_items: [{ price_data: { ...item.price_data, currency: undefined } }] }), 'parameter_missing', 'line_items[0][price_data][currency]'],
      [pack({ line_items: [{ price_data: { ...item.price_data, currency: '' } }] }), 'parameter_invalid_empty', 'line_items[0][price_data][currency]'],
      [pack({ line_items: [{ price_data: { ...item.price_data, unit_amount: 49 } }] }), 'amount_too_small', undefined],
      [pack({ customer: 'cus_nobody' }), 'resource_missing', 'customer'],
      [pack({ line_items: [{ price: 'price_nothing', quantity: 1 }] }), 'resource_missing', 'line_items[0][price]'],
      [pack({ client_reference_id: 'x'.repeat(201) }), undefined, 'client_reference_id'],
      [pack({ ui_mode: 'hosted' }), undefined, 'ui_mode'],
    ];
    for (const [order, code, param] of cases) await assert.rejects(client().checkout.sessions.create(order), refused(code, param));
    await assert.rejects(client().checkout.sessions.retrieve('cs_test_nothing'), refused('resource_missing', 'id'));
  });
});

describe('a key', () => {
  test('must be there and be one', async () => {
    await assert.rejects(client({}, 'pk_wrong').customers.create({}), Stripe.errors.StripeAuthenticationError);
    const answer = await fetch(`${simulator.address}/stripe/v1/customers`, { method: 'POST' });
    assert.deepEqual([answer.status, (await answer.json()).error.type], [401, 'invalid_request_error']);
  });

  test('for idempotency gives the first answer again, and takes no other body', async () => {
    const options = { idempotencyKey: 'checkout:order-9:v1' };
    const first = await client().checkout.sessions.create(pack(), options);
    const again = await client().checkout.sessions.create(pack(), options);
    assert.equal(again.id, first.id);
    await assert.rejects(client().checkout.sessions.create(pack({ client_reference_id: 'another' }), options), Stripe.errors.StripeIdempotencyError);
  });

  test('for idempotency saves a call whose answer was lost', async () => {
    await simulator.faults({ path: '/stripe/v1/checkout/sessions', cutAfterBytes: 0, failTimes: 1 });
    const session = await client({ maxNetworkRetries: 1 }).checkout.sessions.create(pack({ client_reference_id: 'lost' }));
    const made = (await client().checkout.sessions.list({ limit: 100 })).data.filter((each) => each.client_reference_id === 'lost');
    assert.deepEqual(
      made.map(({ id }) => id),
      [session.id],
    );
    assert.equal((await simulator.book()).filter(({ path }) => path === '/stripe/v1/checkout/sessions').length, 3);
  });

  test('is throttled, and the vendor fails, when told to', async () => {
    await simulator.faults({ path: '/stripe/*', throttle: { retryAfter: 1 }, failTimes: 1 });
    await assert.rejects(client().customers.create({}), Stripe.errors.StripeRateLimitError);
    await simulator.faults({ path: '/stripe/*', failStatus: 500, failTimes: 1 });
    await assert.rejects(client().customers.create({}), Stripe.errors.StripeAPIError);
    await client().customers.create({});
  });
});

describe('a subscription', () => {
  test('begins, renews, fails to pay and recovers', async () => {
    const { subscription: id } = await subscribe();
    const begun = await client().subscriptions.retrieve(id, { expand: ['latest_invoice.payments', 'customer'] });
    assert.deepEqual([begun.status, begun.metadata.user_id, begun.latest_invoice.billing_reason, begun.latest_invoice.amount_paid], ['active', '42', 'subscription_create', 2900]);
    const intent = begun.latest_invoice.payments.data[0].payment.payment_intent;
    assert.equal((await client().invoicePayments.list({ payment: { type: 'payment_intent', payment_intent: intent } })).data[0].invoice, begun.latest_invoice.id);

    const renewed = await act(`subscriptions/${id}/renew`);
    assert.equal(renewed.items.data[0].current_period_start, begun.items.data[0].current_period_end);
    const invoice = await client().invoices.retrieve(renewed.latest_invoice);
    assert.deepEqual([invoice.billing_reason, invoice.parent.subscription_details.subscription, invoice.parent.subscription_details.metadata.user_id], ['subscription_cycle', id, '42']);
    assert.deepEqual(invoice.lines.data[0].period, { start: renewed.items.data[0].current_period_start, end: renewed.items.data[0].current_period_end });

    assert.equal((await act(`subscriptions/${id}/decline`)).status, 'past_due');
    assert.equal((await client().events.list({ type: 'invoice.payment_failed', limit: 1 })).data[0].data.object.status, 'open');
    assert.equal((await act(`subscriptions/${id}/recover`)).status, 'active');
  });

  test('is cancelled in both shapes, resumed, changed and ended', async () => {
    const { subscription: id } = await subscribe();
    const { subscriptions } = client();
    assert.equal((await subscriptions.update(id, { cancel_at_period_end: true })).cancel_at_period_end, true);
    assert.equal((await subscriptions.update(id, { cancel_at_period_end: false })).cancel_at, null);
    const flexible = await act(`subscriptions/${id}/cancel-in-portal`);
    assert.deepEqual([flexible.cancel_at, flexible.cancel_at_period_end], [flexible.items.data[0].current_period_end, false]);
    assert.equal((await subscriptions.update(id, { cancel_at: '' })).cancel_at, null);

    const [item] = flexible.items.data;
    const changed = await subscriptions.update(id, { items: [{ id: item.id, price: 'price_team_9900_usd_month' }], proration_behavior: 'always_invoice' });
    assert.deepEqual([changed.items.data.length, changed.items.data[0].price.unit_amount], [1, 9900]);
    const proration = await client().invoices.retrieve(changed.latest_invoice);
    assert.deepEqual([proration.billing_reason, proration.lines.data[0].parent.subscription_item_details.proration], ['subscription_update', true]);

    const ended = await subscriptions.cancel(id, { cancellation_details: { comment: 'too dear' } });
    assert.deepEqual([ended.status, ended.cancellation_details.comment], ['canceled', 'too dear']);
    assert.ok(ended.ended_at);
  });

  test('ends at the end of its period once cancelled', async () => {
    const { subscription: id } = await subscribe();
    await act(`subscriptions/${id}/cancel-in-portal`);
    assert.equal((await act(`subscriptions/${id}/renew`)).status, 'canceled');
    assert.equal((await client().events.list({ type: 'customer.subscription.deleted', limit: 1 })).data[0].data.object.id, id);
  });

  test('is tried without money first', async () => {
    const session = await subscribe({ trial_period_days: 7 });
    assert.equal(session.payment_status, 'no_payment_required');
    const trial = await client().subscriptions.retrieve(session.subscription);
    assert.deepEqual([trial.status, trial.trial_end - trial.trial_start], ['trialing', 7 * 86_400]);
    assert.equal((await act(`subscriptions/${trial.id}/renew`)).status, 'active');
  });

  test('is looked after on the portal’s page', async () => {
    const { subscription: id, customer } = await subscribe();
    const portal = await client().billingPortal.sessions.create({ customer, return_url: 'https://app.example/billing' });
    assert.match(await (await fetch(portal.url)).text(), /Cancel the subscription/);
    await fetch(portal.url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ what: 'cancel', subscription: id }) });
    assert.match(await (await fetch(portal.url)).text(), /Keep the subscription/);
    assert.ok((await client().subscriptions.retrieve(id)).cancel_at);
  });
});

describe('a refund', () => {
  const buy = async () => {
    const session = await client().checkout.sessions.create(pack());
    return (await act(`sessions/${session.id}/pay`)).payment_intent;
  };

  test('gives back a part, then the rest, then no more', async () => {
    const intent = await buy();
    const part = await client().refunds.create({ payment_intent: intent, amount: 500, reason: 'requested_by_customer' });
    assert.deepEqual([part.amount, part.status], [500, 'succeeded']);
    const charge = await client().charges.retrieve(part.charge);
    assert.deepEqual([charge.amount_refunded, charge.refunded], [500, false]);
    await assert.rejects(client().refunds.create({ payment_intent: intent, amount: 1401 }), refused(undefined, 'amount'));
    assert.equal((await client().refunds.create({ charge: part.charge })).amount, 1400);
    await assert.rejects(client().refunds.create({ payment_intent: intent }), refused('charge_already_refunded', undefined));
  });

  test('may wait, and may fail after all', async () => {
    const intent = await buy();
    await act('refunds/next/pending');
    const refund = await client().refunds.create({ payment_intent: intent });
    assert.equal(refund.status, 'pending');
    assert.equal((await act(`refunds/${refund.id}/failed`)).status, 'failed');
    assert.equal((await client().charges.retrieve(refund.charge)).amount_refunded, 0);
  });

  test('is not given while the money is disputed; a dispute is won or lost', async () => {
    const intent = await buy();
    const dispute = await act(`payments/${intent}/dispute?reason=fraudulent`);
    assert.deepEqual([dispute.amount, dispute.status], [1900, 'needs_response']);
    await assert.rejects(client().refunds.create({ payment_intent: intent }), refused('charge_disputed', undefined));
    assert.equal((await act(`disputes/${dispute.id}/won`)).status, 'won');
    const types = (await client().events.list({ limit: 100, types: ['charge.dispute.created', 'charge.dispute.funds_withdrawn', 'charge.dispute.funds_reinstated', 'charge.dispute.closed'] })).data;
    assert.equal(types.filter((each) => each.data.object.id === dispute.id).length, 4);
  });
});

describe('an event', () => {
  let receiver;
  beforeEach(async () => {
    receiver = await receive();
    await simulator.post('/__webhooks', { provider: 'stripe', url: receiver.url, secret });
  });
  const verify = ({ body, headers }, now) => client().webhooks.constructEvent(body, headers['stripe-signature'], secret, 300, undefined, now);
  const buy = async () => {
    const session = await client().checkout.sessions.create(pack({ metadata: { note: 'café €' } }));
    await act(`sessions/${session.id}/pay`);
    await simulator.get('/__deliveries/idle');
  };

  test('is signed so that the official client takes it', async () => {
    await buy();
    const events = receiver.deliveries.map((each) => verify(each));
    assert.deepEqual(events.map(({ type }) => type).sort(), ['charge.succeeded', 'checkout.session.completed', 'payment_intent.succeeded']);
    assert.ok(events.every(({ api_version, data }) => api_version === '2026-10-28.endive' && data.object.id));
    receiver.close();
  });

  test('is sent again until it is taken, and in as many copies as asked', async () => {
    receiver.statuses.push(500, 302, 503);
    await simulator.post('/__deliveries', { provider: 'stripe', copies: 3, shuffleMs: 20, retryMs: [1, 1, 1] });
    await buy();
    assert.equal(receiver.deliveries.length, 3 * 3 + 3);
    assert.equal(new Set(receiver.deliveries.map((each) => verify(each).id)).size, 3);
    const { sent } = await simulator.get('/__deliveries');
    assert.ok(sent.every(({ end }) => end === 'delivered'));
    receiver.close();
  });

  test('is forged, old or of another version when told to', async () => {
    for (const [how, wrong] of [
      [{ forged: true }, /signature/i],
      [{ signedAgo: 301 }, /tolerance/i],
      [{ unsigned: true }, /header/i],
    ]) {
      receiver.deliveries.length = 0;
      await simulator.post('/__deliveries', how);
      await buy();
      assert.throws(() => verify(receiver.deliveries[0]), wrong);
    }
    receiver.deliveries.length = 0;
    await simulator.post('/__deliveries', { apiVersion: '2027-01-01.fennel', extraMembers: true });
    await buy();
    const event = verify(receiver.deliveries[0]);
    assert.deepEqual([event.api_version, event.data.object.not_known_yet], ['2027-01-01.fennel', true]);
    receiver.close();
  });

  test('is held back, lost, found in the list and sent again', async () => {
    await simulator.post('/__deliveries', { hold: true });
    await buy();
    assert.equal(receiver.deliveries.length, 0);
    await simulator.post('/__deliveries/release');
    await simulator.get('/__deliveries/idle');
    assert.equal(receiver.deliveries.length, 3);

    await simulator.post('/__deliveries', { provider: 'stripe', lose: true });
    await buy();
    assert.equal(receiver.deliveries.length, 3);
    const missed = await client().events.list({ delivery_success: false, type: 'checkout.session.completed', limit: 1 });
    await simulator.post(`/__deliveries/again?event=${missed.data[0].id}`);
    await simulator.get('/__deliveries/idle');
    assert.equal(verify(receiver.deliveries[3]).id, missed.data[0].id);
    receiver.close();
  });
});
