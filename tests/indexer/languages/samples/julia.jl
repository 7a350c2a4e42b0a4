module Shapes

using LinearAlgebra: norm
export area, Circle

"Most sides of a polygon."
const MAX_SIDES = 100

"""
    Shape

Anything with an area.
"""
abstract type Shape end

struct Circle{T<:Real} <: Shape
    radius::T
    Circle{T}(r) where {T} = new{T}(max(r, zero(r)))
end

mutable struct Counter
    count::Int
end

"""
    area(shape)

Area of a shape.
"""
function area(shape::Circle)::Float64
    return pi * square(shape.radius)
end

# Short form.
square(x::Number) = x * x
Base.show(io::IO, c::Circle) = print(io, "Circle(", c.radius, ")")

function Base.length(counter::Counter) where {T}
    inner(n) = n + 1
    return inner(counter.count)
end

macro twice(expression)
    return quote
        $(esc(expression))
    end
end

primitive type Byte 8 end
Vec{T} = Array{T,1}

end # module
