C     Adds two numbers.
      REAL FUNCTION ADD(A, B)
      REAL A, B
      ADD = A + B
      RETURN
      END

      SUBROUTINE SHOW(X)
      REAL X
      CALL PRINTR(X)
      RETURN
      END
