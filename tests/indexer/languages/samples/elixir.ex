defmodule Shop.Cart do
  @moduledoc """
  A shopping cart.
  """

  use GenServer
  alias Shop.{Item, Price}

  @max_items 50
  @type t :: %__MODULE__{items: [Item.t()]}
  defstruct items: [], total: 0

  @doc """
  Adds an item.

      iex> add(cart, item)
  """
  @spec add(t, Item.t()) :: t
  def add(cart, item, opts \\ [])
  def add(%{items: items} = cart, %Item{} = item, _opts) when length(items) < @max_items do
    %{cart | items: [item | items]} |> recount()
  end

  def add(cart, _item, _opts), do: cart

  @doc false
  def init(_), do: {:ok, %__MODULE__{}}

  # Sums up.
  defp recount(cart), do: put_in(cart.total, Enum.sum_by(cart.items, &Price.of/1))

  defmacro is_empty(cart) do
    quote do: unquote(cart).items == []
  end

  defguard is_full(cart) when length(cart.items) >= @max_items

  defmodule Error do
    defexception [:message]
  end
end

defprotocol Shop.Priced do
  @doc "Price in cents."
  def price(item)
end

defimpl Shop.Priced, for: Shop.Item do
  def price(item), do: Shop.Money.cents(item.price)
end

defmodule Shop.Store do
  @doc "Runs a function with one connection."
  @callback checkout(t, (-> result)) :: result when result: var
  @callback fetch(t, id :: integer) :: {:ok, term} | :error
end
