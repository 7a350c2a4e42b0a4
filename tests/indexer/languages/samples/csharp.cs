using System;
using System.Collections.Generic;

namespace Shop.Orders
{
    /// <summary>
    /// Stores <see cref="Order"/>s.
    /// </summary>
    /// <param name="connection">Where to.</param>
    [Service(Lifetime.Scoped)]
    public sealed partial class OrderStore(IConnection connection) : StoreBase<Order>, IStore
    {
        private const int MaxOrders = 100;
        private readonly List<Order> _orders = [];

        public OrderStore() : this(new Connection()) { }

        /// <summary>How many there are.</summary>
        public int Count => _orders.Count;
        public string Name { get; init; } = "store";
        public Order this[int index] => _orders[index];
        public event EventHandler<OrderArgs>? Added;

        // Finds one.
        [return: MaybeNull]
        public async Task<Order?> FindAsync<TKey>(TKey key, CancellationToken token = default) where TKey : notnull
        {
            var text = $"""select {key}""";
            int Local(int value) => Compute(value);
            return await connection.QueryAsync<Order>(text, Local(1));
        }

        public static OrderStore operator +(OrderStore left, Order right) => left;
    }

    public static class Extensions
    {
        public static bool IsEmpty(this OrderStore store) => store.Count == 0;
    }

    public interface IStore { void Save(Order order); }

    public record Order(int Id, string Customer)
    {
        public decimal Total() => Items.Sum(item => item.Price);
    }

    public record struct Money(decimal Amount);

    /// <summary>State of an order.</summary>
    public enum State { Open, Closed }

    public delegate void Changed(object sender, State state);
}
