"""Whether something grows: a straight line through samples, and how far it may be off."""
import statistics
from dataclasses import dataclass

BLOCKS = 20  # neighboring samples depend on each other, medians of blocks hardly do


@dataclass
class Trend:
    """A line by least squares through the medians of blocks of samples."""
    slope: float  # per second
    error: float  # twice the slope's standard error
    middle: float

    @staticmethod
    def of(samples):
        """`samples` are pairs of seconds and a value. None where there are too few."""
        size = len(samples) // BLOCKS
        if size < 2:
            return None
        blocks = [samples[i * size:(i + 1) * size] for i in range(BLOCKS)]
        xs = [statistics.fmean(x for x, _ in block) for block in blocks]
        ys = [statistics.median(y for _, y in block) for block in blocks]
        x_mean, y_mean = statistics.fmean(xs), statistics.fmean(ys)
        spread = sum((x - x_mean) ** 2 for x in xs)
        slope = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys)) / spread
        rest = sum((y - y_mean - slope * (x - x_mean)) ** 2 for x, y in zip(xs, ys))
        return Trend(slope, 2 * (rest / (BLOCKS - 2) / spread) ** 0.5, statistics.median(ys))

    def stays_below(self, limit):
        """None where the samples don't tell."""
        if self.slope - self.error > limit:
            return False
        return True if self.slope + self.error <= limit else None
