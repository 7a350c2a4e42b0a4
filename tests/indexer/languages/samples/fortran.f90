! Linear algebra.
module vectors
  implicit none
  private
  public :: norm, vector
  integer, parameter :: dp = kind(1.0d0)

  type :: vector
    real(dp) :: x, y
  end type vector

contains

  ! Length of a vector.
  pure function norm(v) result(length)
    type(vector), intent(in) :: v
    real(dp) :: length
    length = sqrt(v%x**2 + v%y**2)
  end function norm

  subroutine scale(v, factor)
    type(vector), intent(inout) :: v
    real(dp), intent(in) :: factor
    v%x = v%x * factor
    call check(v)
  end subroutine scale

end module vectors

program main
  use vectors
  implicit none
  print *, norm(vector(3, 4))
end program main
