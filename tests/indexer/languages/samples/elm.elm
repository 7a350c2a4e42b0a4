module Counter exposing (Model, Msg, update, view)

import Html exposing (Html, button, div, text)
import Html.Events exposing (onClick)


{-| What the page shows. -}
type alias Model =
    { count : Int }


type Msg
    = Increment
    | Set Int


{-| Applies a message. -}
update : Msg -> Model -> Model
update msg model =
    case msg of
        Increment ->
            { model | count = model.count + 1 }

        Set count ->
            { model | count = count }


view : Model -> Html Msg
view model =
    div [] [ button [ onClick Increment ] [ text (String.fromInt model.count) ] ]
