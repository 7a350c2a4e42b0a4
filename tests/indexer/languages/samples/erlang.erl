%% Counts words.
-module(words).
-export([start/1, count/2]).

-define(LIMIT, 100).
-record(state, {counts = #{} :: map(), total = 0}).

-type word() :: binary().

%% @doc Starts a counter.
-spec start(term()) -> {ok, pid()}.
start(Args) ->
    gen_server:start_link(?MODULE, Args, []).

%% Counts one word.
count([], State) ->
    State;
count([Word | Rest], #state{counts = Counts} = State) ->
    New = maps:update_with(Word, fun(N) -> N + 1 end, 1, Counts),
    count(Rest, State#state{counts = New}).
