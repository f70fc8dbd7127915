//! The bits of a packet, the highest of a byte first.

/// What is said of a packet that ends before what it holds.
const TOO_SHORT: &str = "a packet that ends too early";

/// Bits that are still to come.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// Bits that are done with.
    place: usize,
}

impl<'a> Bits<'a> {
    /// All bits of these bytes.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, place: 0 }
    }

    /// The next 32 bits and more, at the top; zeros behind the end.
    fn ahead(&self) -> u64 {
        let rest = self.bytes.get(self.place / 8..).unwrap_or_default();
        let eight = rest.first_chunk().copied().unwrap_or_else(|| {
            let mut eight = [0; 8];
            eight[..rest.len()].copy_from_slice(rest);
            eight
        });
        u64::from_be_bytes(eight) << (self.place % 8)
    }

    /// A number of so many bits, 32 at most.
    pub(super) fn take(&mut self, width: u32) -> Result<u32, &'static str> {
        let value = if width == 0 { 0 } else { (self.ahead() >> (64 - width)) as u32 };
        self.skip(width as usize)?;
        Ok(value)
    }

    /// The same with a sign.
    pub(super) fn take_signed(&mut self, width: u32) -> Result<i32, &'static str> {
        let room = 32 - width;
        Ok((self.take(width)? << room) as i32 >> room)
    }

    /// How many ones come before a zero, or so many; a zero is taken with them.
    pub(super) fn take_ones(&mut self, most: u32) -> Result<u32, &'static str> {
        let ones = self.ahead().leading_ones().min(most);
        self.skip((ones + u32::from(ones < most)) as usize)?;
        Ok(ones)
    }

    /// Leaves so many bits out.
    pub(super) fn skip(&mut self, width: usize) -> Result<(), &'static str> {
        self.place += width;
        if self.place > 8 * self.bytes.len() { Err(TOO_SHORT) } else { Ok(()) }
    }

    /// Goes on with the next whole byte.
    pub(super) fn align(&mut self) {
        self.place = self.place.next_multiple_of(8);
    }

    /// Bits that are done with; for the tests.
    #[cfg(test)]
    pub(super) fn place(&self) -> usize {
        self.place
    }

    /// Whether nothing but zeros is still to come.
    pub(super) fn is_done(&self) -> bool {
        let rest = self.bytes.get(self.place.div_ceil(8)..).unwrap_or_default();
        let begun = if self.place.is_multiple_of(8) { 0 } else { self.ahead() >> 56 };
        let begun = begun >> (self.place % 8);
        begun == 0 && rest.iter().all(|byte| *byte == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_width_are_taken() {
        let mut bits = Bits::new(&[0b1011_1110, 0xFF, 0, 0, 0, 0x40]);
        assert_eq!(bits.take(1), Ok(1));
        assert_eq!(bits.take_signed(3), Ok(3));
        assert_eq!(bits.take_ones(9), Ok(3));
        assert_eq!(bits.take_ones(5), Ok(5));
        assert_eq!(bits.take_signed(3), Ok(-1));
        assert_eq!(bits.take(26), Ok(1));
        assert!(bits.is_done());
        bits.align();
        assert_eq!(bits.take(1), Err(TOO_SHORT));
        let mut bits = Bits::new(&[0, 1]);
        assert_eq!(bits.take(6), Ok(0));
        assert!(!bits.is_done());
    }
}
