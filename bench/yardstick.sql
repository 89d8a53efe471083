-- The yardstick: an order placed by a function inside PostgreSQL, written by hand and for nothing but speed.
-- It writes every row that POST /orders writes. {names} are filled in by yardstick.py with this shop's own ids.
-- Where the real thing computes (answer, digest, description), this stores a constant of the same size: in its favour.
CREATE SEQUENCE yardstick_ids START 1 CACHE 100;

CREATE FUNCTION place_order_yardstick(numbers int[], quantities int[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  placed bigint := nextval('yardstick_ids');
  cause bigint := nextval('yardstick_ids');
  now_us bigint := extract(epoch FROM clock_timestamp()) * 1000000;
  named text := 'yardstick-' || placed;
  ids bigint[];
  prices bigint[];
  codes text[];
  total bigint;
BEGIN
  SELECT array_agg(s.id ORDER BY w.n), array_agg(p.price_e4 ORDER BY w.n), array_agg(s.name ORDER BY w.n),
         sum(p.price_e4 / 100 * w.quantity)
    INTO ids, prices, codes, total
    FROM unnest(numbers, quantities) WITH ORDINALITY AS w(number, quantity, n)
    JOIN skus s ON s.code = 'sku-' || w.number
    JOIN prices p ON p.sku_id = s.id AND p.channel_id = {price_channel_id} AND p.currency = 'EUR';

  PERFORM FROM stock WHERE sku_id = ANY (ids) AND location_id = {location_id} ORDER BY sku_id FOR UPDATE;
  UPDATE stock SET promised = promised + w.wanted, version = version + 1  -- its check refuses more than there is
    FROM (SELECT sku, sum(quantity) AS wanted FROM unnest(ids, quantities) AS k(sku, quantity) GROUP BY sku) AS w
   WHERE sku_id = w.sku AND location_id = {location_id};

  INSERT INTO orders (
    id, version, channel_id, reference, customer_id, status, currency, basis, created_at, placed_at, placed_on,
    expires_at, net_minor, tax_minor, gross_minor, discount_minor, ship_to, bill_to, customer_reference,
    payment_method, terms_days, collect_at, country
  ) VALUES (
    placed, 1, {channel_id}, named, NULL, 'placed', 'EUR', 'gross', now_us, now_us, '{today}',
    NULL, total - total / 6, total / 6, total, 0, NULL, NULL, '', '', 0, NULL, 'NL'
  );
  INSERT INTO order_lines (
    order_id, n, sku_id, kind, description, quantity, unit_decimals, price_e4, discount_minor, net_minor, tax_minor,
    rate_bp, revenue, invoiced, credited,
    open, promised, awaited, picked, packed, shipped, delivered, returned, cancelled
  ) SELECT
    placed, w.n, w.sku, 'stocked', w.code, w.quantity, 0, w.price, 0, w.price / 100 * w.quantity, 0,
    2100, 'goods', 0, 0,
    0, w.quantity, 0, 0, 0, 0, 0, 0, 0
    FROM unnest(ids, quantities, prices, codes) WITH ORDINALITY AS w(sku, quantity, price, code, n);
  INSERT INTO allocations (order_id, line, location_id, sku_id, promised, picked, awaited)
    SELECT placed, w.n, {location_id}, w.sku, w.quantity, 0, 0
      FROM unnest(ids, quantities) WITH ORDINALITY AS w(sku, quantity, n);
  INSERT INTO unit_moves (event_id, n, order_id, line, source, target, quantity, location_id)
    SELECT cause, w.n - 1, placed, w.n, 'new', 'promised', w.quantity, {location_id}
      FROM unnest(quantities) WITH ORDINALITY AS w(quantity, n);
  INSERT INTO events (id, cause, at, type, subject, subject_id, actor, request_id, data, digest)
    VALUES (cause, cause, now_us, 'order.placed', 'order', placed, 'yardstick', named, {data}, {digest});
  INSERT INTO events_fresh (cause, event_id) VALUES (cause, cause);
  INSERT INTO idempotency (caller, key, input_hash, answer, request_id, at)
    VALUES ('yardstick', named, {digest}, {answer}, named, now_us);
  RETURN placed;
END $$;
