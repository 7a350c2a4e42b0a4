//! Parsing of durations.

use std::{fmt, str::FromStr};

/// The longest duration, in seconds.
pub const MAX_SECONDS: u64 = 86_400;
static REGISTRY: Mutex<Vec<Unit>> = Mutex::new(Vec::new());

/// A unit of time.
///
/// Ordered by length.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Unit {
    Second,
    Minute(u8),
}

#[derive(Default)]
pub struct Span<T = u64>
where
    T: Copy,
{
    pub amount: T,
}

pub struct Wrapper(pub u64);
pub type Spans<'a> = Vec<&'a Span>;

/// Things with a length.
pub trait Length: fmt::Debug {
    type Output;
    const ZERO: u64 = 0;
    fn length(&self) -> Self::Output;
    /// Whether it is empty.
    fn is_empty(&self) -> bool {
        false
    }
}

impl<T: Copy> Length for Span<T> {
    type Output = T;

    #[inline]
    fn length(&self) -> T {
        self.amount
    }
}

impl FromStr for Span {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some(amount) = text.parse().ok() else {
            return Err(ParseError::new("bad"));
        };
        Ok(Span { amount })
    }
}

/// Makes a span.
#[macro_export]
macro_rules! span {
    ($e:expr) => { Span { amount: $e } };
}

pub(crate) mod units {
    /// All units.
    pub async fn all() -> Vec<super::Unit> {
        tracing::info!("listing");
        fn helper() {}
        load_units::<Unit>().await
    }
}

extern "C" {
    fn now_ms() -> u64;
}
