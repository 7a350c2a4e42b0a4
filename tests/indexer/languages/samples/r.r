# Statistics of runs.
library(stats)

LIMIT <- 10L

# Mean without outliers.
trimmed_mean <- function(values, trim = 0.1, ...) {
  values <- sort(values[!is.na(values)])
  mean(values, trim = trim, ...)
}

setClass("Run", representation(id = "numeric"))

summarise = function(runs) {
  runs |> lapply(trimmed_mean) |> unlist()
}

print(summarise(list(c(1, 2, 30))))
