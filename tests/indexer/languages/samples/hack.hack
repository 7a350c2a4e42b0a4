namespace Shop\Orders;

use namespace HH\Lib\{Str, Vec};

/** An order. */
final class Order implements Priced {
  const int LIMIT = 10;
  private vec<Item> $items = vec[];

  public function __construct(private int $id)[] {}

  /** Adds an item. */
  public async function addAsync(Item $item): Awaitable<void> {
    $this->items[] = await $item->loadAsync();
  }
}

interface Priced {
  public function price(): int;
}

enum State: int {
  OPEN = 1;
  CLOSED = 2;
}

type Price = int;

function total(vec<Order> $orders): int {
  return Vec\map($orders, $order ==> $order->price());
}
