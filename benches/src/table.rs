//! Tables as BENCHMARKS.md holds them, so that bringing it up to date is copying.

/// One row of a table.
pub fn row<T: AsRef<str>>(cells: impl IntoIterator<Item = T>) {
    let mut line = String::from("|");
    for cell in cells {
        line.push(' ');
        line.push_str(cell.as_ref());
        line.push_str(" |");
    }
    println!("{line}");
}

/// The head of a table: the names of its columns.
pub fn head(names: &[&str]) {
    row(names);
    println!("{}", "|---".repeat(names.len()) + "|");
}

/// A number with a comma before each three digits.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// One number when all rounds gave the same; otherwise the least and the most.
///
/// # Panics
/// There is none.
pub fn range(values: &[usize]) -> String {
    let (least, most) = (values.iter().min(), values.iter().max());
    match (least, most) {
        (Some(least), Some(most)) if least == most => grouped(*least),
        (Some(least), Some(most)) => format!("{} to {}", grouped(*least), grouped(*most)),
        _ => panic!("no round"),
    }
}

/// The value that this share of the values does not exceed.
///
/// # Panics
/// There is none.
pub fn at(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}
