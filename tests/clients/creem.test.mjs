// The official Creem client believes it talks to Creem, and verifies what the simulator sends.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Creem } from 'creem';
import { verifyWebhookSignature } from 'creem/webhooks.js';
import { receive } from './receiver.mjs';
import { startSimulator } from './simulator.mjs';

const secret = `whsec_${Buffer.from('a secret for client tests').toString('base64')}`;
const apiKey = 'creem_test_client';
let simulator;
const client = (options = {}) => new Creem({ apiKey, serverURL: `${simulator.address}/creem`, ...options });
const act = (path) => simulator.tell(`/__creem/${path}`);
const order = (more = {}) => ({
  productId: 'prod_p1000_1500_eur',
  requestId: 'order-7f3',
  successUrl: 'https://app.example/billing/creem',
  customer: { email: 'ana@example.org' },
  metadata: { user_id: '42' },
  ...more,
});
const refused = (status) => (error) => {
  assert.equal(error.statusCode, status, String(error));
  return true;
};

before(async () => {
  simulator = await startSimulator();
});
after(async () => {
  assert.equal(await simulator.stop(), 0);
});
beforeEach(() => simulator.reset());

describe('a checkout', () => {
  test('is made, paid on its page, and leads back with a signature', async () => {
    const made = await client().checkouts.create(order());
    assert.deepEqual([made.status, made.requestId, made.product, made.metadata.user_id], ['pending', 'order-7f3', 'prod_p1000_1500_eur', '42']);
    assert.match(await (await fetch(made.checkoutUrl, { headers: { 'Accept-Language': 'zh' } })).text(), /EUR 15\.00/);
    const paid = await fetch(made.checkoutUrl, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ what: 'pay', email: 'ana@example.org' }) });
    const back = new URL(paid.headers.get('location'));
    const pairs = [...back.searchParams].filter(([name]) => name !== 'signature').map(([name, value]) => `${name}=${value}`);
    assert.equal(back.searchParams.get('signature'), createHash('sha256').update([...pairs, `salt=${apiKey}`].join('|')).digest('hex'));

    const read = await client().checkouts.retrieve(made.id);
    assert.deepEqual([read.status, read.order.status, read.order.type, read.order.amount], ['completed', 'paid', 'onetime', 1500]);
    const found = await client().transactions.search(undefined, read.order.id, undefined, 1, 10);
    const [transaction] = (found.result ?? found).items;
    assert.deepEqual([transaction.amountPaid, transaction.status, transaction.type], [1500, 'paid', 'payment']);
    assert.deepEqual(
      (await simulator.get('/__payments')).map((payment) => [payment.provider, payment.order, payment.amount]),
      [['creem', 'order-7f3', 1500]],
    );
  });

  test('is refused with what is wrong', async () => {
    const raw = (body, key = apiKey) =>
      fetch(`${simulator.address}/creem/v1/checkouts`, { method: 'POST', headers: { ...(key && { 'x-api-key': key }), 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    for (const [body, status, message, key] of [
      [{}, 400, 'product_id must be a string'],
      [{ product_id: 'prod_p1000_1500_eur', cancel_url: 'https://app.example' }, 400, 'property cancel_url should not exist'],
      [{ product_id: 'prod_p1000_1500_eur', units: 0 }, 400, 'units must not be less than 1'],
      [{ product_id: 'prod_nothing' }, 404, 'Product not found'],
      [{ product_id: 'prod_p1000_1500_eur' }, 403, undefined, 'creem_live_elsewhere'],
      [{ product_id: 'prod_p1000_1500_eur' }, 401, undefined, ''],
    ]) {
      const answer = await raw(body, key);
      const said = await answer.json();
      assert.deepEqual([answer.status, said.message?.[0]], [status, message]);
      assert.ok(said.trace_id);
    }
    await assert.rejects(client().checkouts.create(order({ productId: 'prod_nothing' })), refused(404));
  });

  test('is made though its answer was lost, and asked twice is made twice', async () => {
    await simulator.faults({ path: '/creem/v1/checkouts', cutAfterBytes: 0, failTimes: 1 });
    await assert.rejects(client().checkouts.create(order()));
    await client().checkouts.create(order());
    assert.equal((await simulator.book()).filter(({ path }) => path === '/creem/v1/checkouts').length, 2);
  });
});

describe('a subscription', () => {
  const subscribe = async (product = 'prod_pro_2900_usd_month') => {
    const { id } = await client().checkouts.create(order({ productId: product }));
    const { subscription } = await act(`checkouts/${id}/pay`);
    return client().subscriptions.get(subscription);
  };

  test('begins, renews, is overdue and recovers', async () => {
    const begun = await subscribe();
    assert.deepEqual([begun.status, begun.metadata.user_id, begun.customer.email], ['active', '42', 'ana@example.org']);
    const renewed = await act(`subscriptions/${begun.id}/renew`);
    assert.equal(renewed.current_period_start_date, begun.currentPeriodEndDate.toISOString());
    assert.notEqual(renewed.last_transaction_id, begun.lastTransactionId);
    assert.equal((await act(`subscriptions/${begun.id}/decline`)).status, 'past_due');
    assert.equal((await act(`subscriptions/${begun.id}/recover`)).status, 'active');
  });

  test('is cancelled, resumed, changed and ended', async () => {
    const { id, customer } = await subscribe();
    assert.equal((await client().subscriptions.cancel(id, { mode: 'scheduled' })).status, 'scheduled_cancel');
    assert.equal((await client().subscriptions.resume(id)).status, 'active');
    const changed = await client().subscriptions.upgrade(id, { productId: 'prod_team_9900_usd_month', updateBehavior: 'proration-charge-immediately' });
    assert.equal(changed.product.id, 'prod_team_9900_usd_month');
    const { customerPortalLink } = await client().customers.generateBillingLinks({ customerId: customer.id });
    assert.match(await (await fetch(customerPortalLink)).text(), /Cancel the subscription/);
    await fetch(customerPortalLink, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ what: 'cancel', subscription: id }) });
    assert.equal((await act(`subscriptions/${id}/renew`)).status, 'canceled');
  });

  test('is tried without money first', async () => {
    const trial = await subscribe('prod_trial-pro_2900_usd_month');
    assert.deepEqual([trial.status, trial.lastTransactionId ?? null], ['trialing', null]);
    assert.equal((await act(`subscriptions/${trial.id}/renew`)).status, 'active');
  });
});

describe('money', () => {
  test('goes back in parts from the dashboard, whole from a program, tax too', async () => {
    const { id } = await client().checkouts.create(order({ productId: 'prod_vatpack_1500_eur' }));
    const { order: paid } = await act(`checkouts/${id}/pay`);
    const found = await client().transactions.search(undefined, paid, undefined, 1, 10);
    const [transaction] = (found.result ?? found).items;
    assert.deepEqual([transaction.amount, transaction.taxAmount, transaction.amountPaid], [1500, 300, 1800]);
    await act(`transactions/${transaction.id}/refund?amount=600`);
    const again = await fetch(`${simulator.address}/creem/v1/refunds`, { method: 'POST', headers: { 'x-api-key': apiKey, 'Content-Type': 'application/json' }, body: JSON.stringify({ transaction_id: transaction.id }) });
    assert.deepEqual(await again.json(), { status: 'succeeded' });
    assert.equal((await client().transactions.getById(transaction.id)).status, 'refunded');
  });
});

describe('an event', () => {
  test('is signed over its bytes, in two ways when asked, and comes once more after a failure', async () => {
    const receiver = await receive([500]);
    await simulator.post('/__webhooks', { provider: 'creem', url: receiver.url, secret });
    await simulator.post('/__deliveries', { provider: 'creem', triple: true, retryMs: [1] });
    const { id } = await client().checkouts.create(order());
    await act(`checkouts/${id}/pay`);
    await simulator.get('/__deliveries/idle');
    receiver.close();
    const [first, second] = receiver.deliveries;
    assert.equal(receiver.deliveries.length, 2);
    assert.equal(first.body, second.body);
    await verifyWebhookSignature(second.body, second.headers, secret);
    const { 'creem-signature': signature, 'webhook-id': event, 'webhook-timestamp': at, 'webhook-signature': standard } = second.headers;
    await verifyWebhookSignature(second.body, { 'creem-signature': signature }, secret);
    await verifyWebhookSignature(second.body, { 'webhook-id': event, 'webhook-timestamp': at, 'webhook-signature': standard }, secret);
    await assert.rejects(verifyWebhookSignature(`${second.body} `, { 'creem-signature': signature }, secret));
    const { eventType, object } = JSON.parse(second.body);
    assert.deepEqual([eventType, object.order.status, object.product.id, object.customer.email, object.request_id], ['checkout.completed', 'paid', 'prod_p1000_1500_eur', 'ana@example.org', 'order-7f3']);
  });
});
