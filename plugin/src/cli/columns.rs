//! Tables: columns as wide as what is in them, so that no two ever touch.

use std::fmt;

/// How a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// Words: to the left.
    Words,
    /// Numbers: to the right.
    Number,
    /// The unit of the number before: to the left, near it.
    Unit,
}

impl Column {
    /// Blanks between the column before and this one.
    fn gap(self) -> usize {
        if self == Column::Unit { 1 } else { 2 }
    }
}

/// Rows of cells, printed in columns.
#[derive(Debug)]
pub(super) struct Table<const N: usize> {
    columns: [Column; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// A table without rows.
    pub(super) fn new(columns: [Column; N]) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// One more row.
    pub(super) fn push(&mut self, cells: [impl Into<String>; N]) {
        self.rows.push(cells.map(Into::into));
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths: [usize; N] = std::array::from_fn(|column| {
            self.rows.iter().map(|row| width(&row[column])).max().unwrap_or(0)
        });
        for row in &self.rows {
            let mut line = String::new();
            for (n, (cell, column)) in row.iter().zip(self.columns).enumerate() {
                let gap = if n == 0 { 0 } else { column.gap() };
                let padding = " ".repeat(widths[n] - width(cell));
                line += &" ".repeat(gap);
                line += &match column {
                    Column::Number => padding + cell,
                    Column::Words | Column::Unit => cell.clone() + &padding,
                };
            }
            writeln!(formatter, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 6] =
        ["", "-", "dB", "a name", "Low-pass, High-pass, Bell, Low shelf, High shelf", "\u{00b1}3"];

    #[test]
    fn no_two_columns_touch_whatever_is_in_them() {
        // Every pair of contents beside every other.
        for columns in [
            [Column::Words, Column::Words, Column::Words],
            [Column::Words, Column::Number, Column::Unit],
            [Column::Number, Column::Number, Column::Words],
        ] {
            for n in 0..WORDS.len().pow(3) {
                let cells = |n: usize| [n % 6, n / 6 % 6, n / 36].map(|word| WORDS[word]);
                let mut table = Table::new(columns);
                table.push(cells(n));
                table.push(cells((7 * n + 11) % 216));
                let text = table.to_string();
                let lines: Vec<Vec<char>> =
                    text.split_terminator('\n').map(|line| line.chars().collect()).collect();
                assert_eq!(lines.len(), 2);
                let mut start = 0;
                for (column, kind) in columns.into_iter().enumerate() {
                    let ends = table.rows.iter().map(|row| width(&row[column])).max().unwrap();
                    start += if column == 0 { 0 } else { kind.gap() };
                    for (line, row) in lines.iter().zip(&table.rows) {
                        let end = (start + ends).min(line.len());
                        let cell: String = line[start.min(end)..end].iter().collect();
                        assert_eq!(cell.trim(), row[column], "{text}");
                        let before = start.checked_sub(1).and_then(|before| line.get(before));
                        assert!(before.is_none_or(|before| *before == ' '), "{text}");
                    }
                    start += ends;
                }
                assert!(text.lines().all(|line| line.trim_end() == line), "{text}");
            }
        }
    }
}
