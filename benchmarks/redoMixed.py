"""Redoes the numbers of full and imputed scans together (tables/mixtures, joining, worth, kinds, distance, power, false_positives)
from what a run has written: maps, volumes and tables. Nothing of the product is used: NumPy, and SciPy where it is there.

    python3 benchmarks/redoMixed.py RUN DATA [DRAWS]

RUN is the folder of the run, with run.json. DATA is the BIDS folder of its full scans (of the phantom: the folder
phantom-* in .phantom beside the runs). T, worth and kinds start from the volumes, which are smoothed and divided by their
mean here as well; with covariates, blocks or a variance by kind it is said what was left out.

Prints for every number how many were redone, how they were compared and the largest difference; ends with 1 where one is
above its tolerance. Counts, and shares of counts, are to be the same up to 1e-6 of themselves (in truth they are the
same: p maps are float32, but p times relabelings is a whole number, which rounding brings back). T maps are float32 and
are compared with T of float64, as a share of T or of 1 where T is smaller. What was drawn at random is drawn again here
(named_stream.py): the samples of the bootstrap and of the power curve, the groups and relabelings of the false positives, of
which the first DRAWS of every design are tested (default 20; all of them takes as long as the product did). Relabelings of
the main tests are not: of those the p that came out is taken.
"""
import csv
import glob
import gzip
import itertools
import json
import math
import os
import re
import struct
import sys

try:
    import numpy as np
except ImportError:
    print("NumPy is not installed, so nothing was redone.")
    sys.exit(0)

sys.dont_write_bytecode = True
from named_stream import Stream  # noqa: E402

TOLERANCE = 1e-6
DATATYPES = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4"}


def read_volume(path):
    """Values in float64, x fastest."""
    return read_grid(path)[0]


def read_grid(path):
    """Values in float64, x fastest; shape; voxel sizes in mm."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        raw = file.read()
    order = "<" if struct.unpack("<i", raw[:4])[0] == 348 else ">"
    shape = struct.unpack(order + "8h", raw[40:56])
    (datatype,) = struct.unpack(order + "h", raw[70:72])
    offset, slope, intercept = struct.unpack(order + "3f", raw[108:120])
    count = int(np.prod(shape[1 : 1 + shape[0]]))
    stored = np.frombuffer(raw, order + DATATYPES[datatype], count, int(offset)).astype("f8")
    sizes = struct.unpack(order + "3f", raw[80:92])
    return stored if slope == 0 else slope * stored + intercept, shape[1:4], sizes


def read_table(name):
    path = os.path.join(RUN, "tables", name + ".tsv")
    if not os.path.exists(path):
        return None
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def number(cell):
    """None where a cell is empty."""
    return None if cell in (None, "", "n/a") else float(cell)


class Checks:
    """Largest difference of every number, by name."""

    def __init__(self):
        self.found = {}
        self.left_out = []

    def add(self, name, ours, theirs, least=0.0, where=""):
        """The difference as a share of `theirs`, or of `least` where that is larger."""
        known = (ours is not None, theirs is not None)
        if known == (False, False):
            return
        if known[0] != known[1]:
            difference = math.inf
        elif ours == theirs:
            difference = 0.0
        else:
            difference = abs(ours - theirs) / max(abs(theirs), least, 1e-300)
        self.keep(name, difference, where, 1)

    def keep(self, name, difference, where, count):
        before, place, total = self.found.get(name, (0.0, "", 0))
        if not difference <= before:
            before, place = difference, where
        self.found[name] = (before, place, total + count)

    def skip(self, what, why):
        if (what, why) not in self.left_out:
            self.left_out.append((what, why))

    def tell(self):
        width = max(map(len, self.found), default=0)
        for name, (difference, place, count) in self.found.items():
            verdict = "ok" if difference <= TOLERANCE else "DIFFERS " + place
            print(f"{name:<{width}}  {count:>8}  largest difference {difference:.2e}  {verdict}")
        for what, why in self.left_out:
            print(f"not redone: {what}: {why}")
        bad = [name for name, (difference, _, _) in self.found.items() if not difference <= TOLERANCE]
        print(f"{len(self.found) - len(bad)} of {len(self.found)} numbers redone within {TOLERANCE:g}")
        return 1 if bad or not self.found else 0


def ratio(part, whole):
    return None if whole == 0 else float(part) / float(whole)


def quotient(values):
    return None if len(values) == 0 else sum(values) / len(values)


# ---- What was tested: sets of voxels from p maps, and the truth ------------------------------------------------------


def map_of(name, kind):
    path = os.path.join(RUN, "group", f"desc-{name}_stat-{kind}_statmap.nii.gz")
    return read_volume(path)[MASK] if os.path.exists(path) else None


def counts_of(name, kind, relabelings):
    """How many relabelings reach the observed statistic: whole numbers, which float32 p maps give back."""
    p = map_of(name, kind)
    return None if p is None else np.where(np.isnan(p), 0, np.rint(p * relabelings)).astype("i8")


def found_at(counts, relabelings, criterion):
    level = float(re.match(r"p < ([0-9.]+), uncorrected", criterion).group(1))
    return (counts > 0) & (counts / relabelings < level)


def read_truth():
    folder = os.path.join(DATA, "derivatives", "truth")
    names = ["desc-effect_T1w.nii.gz", "desc-null_mask.nii.gz", "desc-template_T1w.nii.gz"]
    paths = [os.path.join(folder, name) for name in names]
    if not all(map(os.path.exists, paths)):
        return None
    effect, silent, template = (read_volume(path)[MASK] for path in paths)
    white = np.sort(template)[int(0.995 * (len(template) - 1))]
    has_effect = np.abs(effect) >= 0.02 * white
    return {"effect": has_effect, "decided": has_effect | (silent > 0.5), "difference": effect}


# ---- T from the volumes ----------------------------------------------------------------------------------------------


def smoothed(values, shape, sizes):
    """By a Gaussian sampled at voxel centres, cut off at four standard deviations, of weight 1 at every voxel."""
    if SMOOTHING == 0:
        return values
    volume = values.reshape(shape, order="F")
    for axis in range(3):
        deviation = SMOOTHING / (2 * math.sqrt(2 * math.log(2))) / sizes[axis]
        away = np.abs(np.subtract.outer(np.arange(shape[axis]), np.arange(shape[axis])))
        weights = np.where(away <= math.ceil(4 * deviation), np.exp(-0.5 * (away / deviation) ** 2), 0)
        weights /= weights.sum(axis=1, keepdims=True)
        volume = np.moveaxis(np.tensordot(weights, volume, axes=(1, axis)), 0, axis)
    return volume.ravel(order="F")


def prepared(paths):
    """float32, as the product keeps them, smoothed, and divided by their mean in the mask where the run did so."""
    rows, means = [], []
    for path in paths:
        if not os.path.exists(path):
            # A real thin scan has no full one.
            rows.append(np.full(MASK.sum(), np.nan, "f4"))
            means.append(np.nan)
            continue
        values, shape, sizes = read_grid(path)
        values = smoothed(values.astype("f4").astype("f8"), shape, sizes)[MASK].astype("f4")
        means.append(values.astype("f8").mean())
        rows.append((values.astype("f8") / means[-1]).astype("f4") if NORMALISES else values)
    return np.array(rows), np.array(means)


def t_of(values, labels, nuisance):
    """T of the first group's effect in a linear model, by projection: values and labels without the nuisance columns."""
    # Kept by the product as float32 differences to the first image of the test; without this rounding T lies up to 2e-6 away.
    y = (values.astype("f8") - values[0].astype("f8")).astype("f4").astype("f8")
    y = y - y.mean(axis=0)
    basis, _ = np.linalg.qr(nuisance.astype("f8"))
    y = y - basis @ (basis.T @ y)
    x = labels - basis @ (basis.T @ labels)
    slope = x @ y / (x @ x)
    rest = (y - np.outer(x, slope)) ** 2
    freedom = len(labels) - 1 - nuisance.shape[1]
    return slope / np.sqrt(rest.sum(axis=0) / freedom / (x @ x))


def columns_of(kinds):
    return np.array([[kind == other for other in sorted(set(kinds))] for kind in kinds], "f8")


def test_of_row(row, is_imputed, full, imputed):
    """Values, labels and nuisance columns of a tested row of mixtures.tsv."""
    everybody = np.arange(len(LABELS))
    ones = np.ones((len(LABELS), 1))
    model = row["model"]
    if row["design"].endswith(", full scans alone"):
        keep = everybody[~is_imputed]
        return full[keep], LABELS[keep], ones[: len(keep)]
    if model in ("naive", "covariate"):
        values = np.where(is_imputed[:, None], imputed, full)
        return values, LABELS, ones if model == "naive" else np.column_stack([ones, is_imputed])
    values = imputed if model == "equalised" else np.where(is_imputed[:, None], imputed, full)
    both = [kind for kind in (False, True) if len(set(LABELS[is_imputed == kind])) == 2]
    if not both:
        # Equalised, and who has few slices is the group: one kind.
        return values, LABELS, ones
    keep = everybody[np.isin(is_imputed, both)]
    return values[keep], LABELS[keep], columns_of(is_imputed[keep])


# ---- Worth and kinds -------------------------------------------------------------------------------------------------


def effect_size(values, labels):
    """(mean of the first group - mean of the second) / pooled standard deviation; 0 where a voxel does not vary."""
    one, other = values[labels == 1].astype("f8"), values[labels == 0].astype("f8")
    square = (one**2).sum(axis=0) + (other**2).sum(axis=0)
    within = ((one - one.mean(axis=0)) ** 2).sum(axis=0) + ((other - other.mean(axis=0)) ** 2).sum(axis=0)
    varies = within > 1e-12 * square
    spread = np.sqrt(np.where(varies, within, 1) / (len(labels) - 2))
    return np.where(varies, (one.mean(axis=0) - other.mean(axis=0)) / spread, 0)


def signed_square(value):
    return math.copysign(value * value, value)


def worth_of(full, imputed, halves):
    in_full = in_imputed = 0.0
    for half in halves.T:
        d = [[effect_size(values[half == side], LABELS[half == side]) for side in (0, 1)] for values in (full, imputed)]
        for weigh, measure in ((0, 1), (1, 0)):
            in_full += d[0][weigh] @ d[0][measure]
            in_imputed += d[0][weigh] @ d[1][measure]
    return signed_square(in_imputed / in_full) if in_full > 0 else None


def halve(groups, stream):
    """1 for the people of one half: of every group half of its people, the odd one by chance."""
    half = np.zeros(sum(map(len, groups)), int)
    for members in groups:
        order = stream.shuffle(list(members))
        half[order[: (len(members) + stream.integer(2)) // 2]] = 1
    return half


def draw_times(groups, half, stream):
    """How often each person is drawn, with replacement within group and half."""
    times = np.zeros(len(half))
    for members in groups:
        for side in (0, 1):
            own = [person for person in members if half[person] == side]
            for _ in own:
                times[own[stream.integer(len(own))]] += 1
    return times


def bootstrap_of(full, imputed, seed, samples=200, splits=4, most_voxels=20000):
    """What 95 % of the worths of people drawn with replacement lie between; None where a tenth show no effect."""
    groups = [np.flatnonzero(LABELS == group).tolist() for group in (0, 1)]
    drawn = []
    for sample in range(samples):
        stream = Stream(seed, "worth bootstrap", sample)
        for _ in range(splits):
            half = halve(groups, stream)
            drawn.append((half, draw_times(groups, half, stream)))
    step = -(-full.shape[1] // most_voxels)
    voxels = np.arange(0, full.shape[1], step)
    # Weights of people, by half and group, of every split: sums over people are then products of matrices.
    weights = {
        (side, group): np.array([times * (half == side) * (LABELS == group) for half, times in drawn])
        for side in (0, 1)
        for group in (0, 1)
    }
    sums = np.zeros((2, len(drawn)))
    for part in np.array_split(voxels, max(1, len(voxels) // 1000)):
        d = {(side, kind): drawn_effects(weights, side, values[:, part]) for side in (0, 1) for kind, values in enumerate((full, imputed))}
        for weigh, measure in ((0, 1), (1, 0)):
            for kind in (0, 1):
                sums[kind] += (d[weigh, 0] * d[measure, kind]).sum(axis=1)
    in_full, in_imputed = sums.reshape(2, samples, splits).sum(axis=2)
    worths = sorted(signed_square(b / a) for a, b in zip(in_full, in_imputed) if a > 0)
    return None if len(worths) < 0.9 * samples else [float(np.quantile(worths, share)) for share in (0.025, 0.975)]


def drawn_effects(weights, side, values):
    """Standardised group differences of every split, splits x voxels."""
    values = values.astype("f8")
    counts, sums, square = [], [], 0
    for group in (0, 1):
        times = weights[side, group]
        counts.append(times.sum(axis=1, keepdims=True))
        sums.append(times @ values)
        square = square + times @ values**2
    within = square - sum(total**2 / count for total, count in zip(sums, counts))
    varies = within > 1e-12 * square
    spread = np.sqrt(np.where(varies, within, 1) / (counts[0] + counts[1] - 2))
    return np.where(varies, (sums[1] / counts[1] - sums[0] / counts[0]) / spread, 0)


def kinds_of(full, imputed, labels):
    mean = full.mean()
    difference = (imputed - full).mean(axis=0)

    def within(values):
        groups = [values[labels == label] for label in (0, 1)]
        return sum(((group - group.mean(axis=0)) ** 2).sum(axis=0) for group in groups)

    rest = within(full)
    varies = rest > 1e-12 * (full**2).sum(axis=0)
    ratios = np.sqrt(within(imputed)[varies] / rest[varies])
    return difference.mean() / mean, math.sqrt((difference**2).mean()) / mean, float(np.median(ratios))


# ---- Intervals and reading off ---------------------------------------------------------------------------------------


def binomial_interval(errors, draws):
    """Clopper and Pearson, 95 %."""
    try:
        from scipy.stats import beta

        low = 0.0 if errors == 0 else float(beta.ppf(0.025, errors, draws - errors + 1))
        high = 1.0 if errors == draws else float(beta.ppf(0.975, errors + 1, draws - errors))
        return low, high
    except ImportError:

        def at_most(count, p):
            if p in (0.0, 1.0):
                return 1.0 if p == 0.0 or count >= draws else 0.0
            terms = (
                math.lgamma(draws + 1) - math.lgamma(k + 1) - math.lgamma(draws - k + 1)
                + k * math.log(p) + (draws - k) * math.log1p(-p)
                for k in range(count + 1)
            )
            return math.fsum(map(math.exp, terms))

        def solve(is_too_small):
            low, high = 0.0, 1.0
            for _ in range(200):
                middle = (low + high) / 2
                low, high = (middle, high) if is_too_small(middle) else (low, middle)
            return low

        low = 0.0 if errors == 0 else solve(lambda p: 1 - at_most(errors - 1, p) < 0.025)
        high = 1.0 if errors == draws else solve(lambda p: at_most(errors, p) > 0.025)
        return low, high


def size_of(curve, sensitivity):
    for (start, low), (end, high) in zip(curve, curve[1:]):
        if low <= sensitivity <= high and high > low:
            return start + (sensitivity - low) / (high - low) * (end - start)
    return None


# ---- The tables ------------------------------------------------------------------------------------------------------


def redo_mixtures(checks, mixtures, truth):
    designs = list(dict.fromkeys(row["design"] for row in read_table("mixture_people")))
    alpha = float(DATASETS[0]["alpha"])
    volumes = Volumes()
    all_full = None
    for row in mixtures:
        if row["draw"] not in ("1", "n/a"):
            checks.skip("mixtures.tsv, later draws", "maps are written of the first draw")
            continue
        if number(row["voxels_found"]) is None:
            continue
        dataset = IDS[row["method"], row["missing_percent"]]
        name, design = dataset, None
        if row["draw"] == "1":
            design = row["design"].removesuffix(", full scans alone")
            kind = "Alone" if dataset == "full" else row["model"].capitalize()
            name = f"{dataset}Mix{designs.index(design) + 1}{kind}"
        where = f"(mixtures.tsv: {row['design']}, {row['method']}, {row['model']})"
        relabelings = int(row["permutations"])
        counts, familywise = (counts_of(name, kind, relabelings) for kind in ("p", "pfwe"))
        if counts is None or familywise is None:
            checks.skip(f"mixtures.tsv, {name}", "its p maps are not there")
            continue
        found = found_at(counts, relabelings, row["criterion"])
        if row["design"] == "all full":
            all_full = found
        limit = math.floor(alpha * relabelings + 1e-9 * relabelings)
        checks.add("mixtures voxels_found", int(found.sum()), number(row["voxels_found"]), where=where)
        significant = int(((familywise > 0) & (familywise <= limit)).sum())
        checks.add("mixtures significant_fwe", significant, number(row["significant_fwe"]), where=where)
        overlap = ratio(2 * (found & all_full).sum(), found.sum() + all_full.sum())
        checks.add("mixtures dice", overlap, number(row["dice"]), where=where)
        if truth is None:
            checks.skip("true_found, one_minus_precision", "the truth is not known")
        else:
            candidates = found & truth["decided"]
            both = (candidates & truth["effect"]).sum()
            checks.add("mixtures true_found", ratio(both, truth["effect"].sum()), number(row["true_found"]), where=where)
            rate = ratio(candidates.sum() - both, candidates.sum())
            checks.add("mixtures one_minus_precision", rate, number(row["one_minus_precision"]), where=where)
        redo_t(checks, row, name, design, dataset, volumes, where)


def redo_t(checks, row, name, design, dataset, volumes, where):
    why = volumes.why_not(row)
    if why is not None:
        checks.skip("T maps", why)
        return
    is_imputed = np.zeros(len(LABELS), bool)
    if design is not None:
        people = [one for one in read_table("mixture_people") if one["design"] == design and one["draw"] == "1"]
        scans = {one["participant_id"]: one["scan"] for one in people}
        is_imputed = np.array([scans[person] == "imputed" for person in PEOPLE])
    full, imputed = volumes.of("full")[0], volumes.of(dataset)[0]
    if design is None:
        values, labels, nuisance = imputed, LABELS, np.ones((len(LABELS), 1))
    else:
        values, labels, nuisance = test_of_row(row, is_imputed, full, imputed)
    if np.isnan(values).any():
        checks.skip("some T maps", "volumes of theirs are not there")
        return
    expected = nuisance.shape[1] if row["model"] in ("kinds", "equalised") else 1
    if int(row["kinds"]) != expected:
        checks.skip("T maps within kinds", "kinds are more than resolution (folds of an operator)")
        return
    checks.add("mixtures degrees_of_freedom", len(labels) - 1 - nuisance.shape[1], number(row["degrees_of_freedom"]), where=where)
    ours, theirs = t_of(values, labels, nuisance), map_of(name, "t")
    difference = np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1)
    kind = "alone" if name.endswith("Alone") else row["model"] if design else "everybody"
    checks.keep(f"T of voxels, {kind}", float(np.nanmax(difference)), where, int((~np.isnan(difference)).sum()))


class Volumes:
    """Prepared volumes by data set, read when they are asked for; the full ones and one more are kept."""

    def __init__(self):
        self.kept = {}

    def why_not(self, row=None):
        if not any(os.path.exists(path_of(person, "full")) for person in PEOPLE):
            return "the full scans are not in DATA"
        if DATASETS[0].get("covariates") or DATASETS[0].get("blocks"):
            return "covariates or blocks are in the model"
        if row is not None and row.get("variance", "pooled") != "pooled":
            return "kinds have variances of their own"
        return None

    def of(self, dataset):
        if dataset not in self.kept:
            self.kept = {name: kept for name, kept in self.kept.items() if name == "full"}
            self.kept[dataset] = prepared([path_of(person, dataset) for person in PEOPLE])
        return self.kept[dataset]


def path_of(person, dataset):
    """The volume that was tested: in the common space where the run has one, else on the scan's own grid."""
    folder = os.path.join(RUN, "derivatives", "oinr", person, "anat")
    desc = "preproc" if dataset == "full" else dataset
    for path in sorted(glob.glob(os.path.join(folder, f"{person}_space-*_desc-{desc}_T1w.nii.gz"))):
        if read_grid(path)[1] == GRID:
            return path
    if dataset == "full":
        return os.path.join(DATA, person, "anat", f"{person}_T1w.nii.gz")
    return os.path.join(folder, f"{person}_desc-{dataset}_T1w.nii.gz")


def redo_joining(checks, joining, mixtures):
    def mean_of(measure, **wanted):
        rows = [row for row in mixtures if all(row[name] == value for name, value in wanted.items())]
        return quotient([number(row[measure]) for row in rows if number(row[measure]) is not None])

    for row in joining:
        measure, design = row["measure"], row["design"]
        data = {"design": design, "method": row["method"], "missing_percent": row["missing_percent"]}
        ours = {model: mean_of(measure, model=model, **data) for model in ("kinds", "equalised", "naive")}
        ours["full_alone"] = mean_of(measure, design=f"{design}, full scans alone")
        ours["all_full"] = mean_of(measure, design="all full")
        for name, value in ours.items():
            checks.add(f"joining {name}", value, number(row[name]), where=f"({design}, {row['method']})")
        alone = ours["full_alone"] or 0
        if row.get("chance_voxels") is None:
            checks.skip("joining may_join", "the run is of an older version")
            continue
        better = [model for model in ("kinds", "equalised") if ours[model] is not None and ours[model] > 1.1 * alone]
        voxels = [mean_of("voxels_found", design=f"{design}, full scans alone")] + [
            mean_of("voxels_found", design=design, method=row["method"], missing_percent=row["missing_percent"], model=model)
            for model in ("kinds", "equalised")
        ]
        family_wise = [mean_of("significant_fwe", design=f"{design}, full scans alone")] + [
            mean_of("significant_fwe", model=model, **data) for model in ("kinds", "equalised")
        ]
        is_empty = all((one or 0) <= 3 * number(row["chance_voxels"]) for one in voxels) and not any(family_wise)
        answer = "nothing to find" if is_empty else "yes" if "kinds" in better else "in both groups alike" if better else "no"
        if row["may_join"] == "cannot be told":
            checks.skip("joining may_join", "too few relabelings for the criterion")
            continue
        checks.keep("joining may_join", 0.0 if answer == row["may_join"] else math.inf, f"({design})", 1)


def redo_worth(checks, worth, truth):
    volumes = Volumes()
    why = volumes.why_not()
    table = read_table("worth_halves")
    if why is not None or table is None:
        checks.skip("worth", why or "worth_halves.tsv is not there")
        return
    by_person = {row["participant_id"]: row for row in table}
    splits = [name for name in table[0] if name.startswith("split_")]
    halves = np.array([[int(by_person[person][split]) for split in splits] for person in PEOPLE])
    full = volumes.of("full")[0]
    for row in worth:
        imputed = volumes.of(IDS[row["method"], row["missing_percent"]])[0]
        if np.isnan(full).any() or np.isnan(imputed).any():
            checks.skip("worth", "not everybody has both scans")
            return
        where = f"({row['method']}, {row['missing_percent']} %)"
        if number(row["worth"]) is None:
            checks.skip("worth", "no effect on which halves and samples agree")
        else:
            checks.add("worth", worth_of(full, imputed, halves), number(row["worth"]), where=where)
            interval = bootstrap_of(full, imputed, SETTINGS["mix-seed"])
            for name, value in zip(("worth_low", "worth_high"), interval or (None, None)):
                checks.add(name, value, number(row[name]), where=where)
        if truth is not None:
            d = [effect_size(values, LABELS) for values in (full, imputed)]
            known = signed_square(float(truth["difference"] @ d[1]) / float(truth["difference"] @ d[0]))
            checks.add("worth_in_truth", known, number(row["worth_in_truth"]), where=where)


def redo_kinds(checks, kinds):
    volumes = Volumes()
    why = volumes.why_not()
    if why is not None:
        checks.skip("kinds.tsv", why)
        return
    for row in kinds:
        pairs = [volumes.of("full"), volumes.of(IDS[row["method"], row["missing_percent"]])]
        has_both = ~np.isnan(pairs[0][1] + pairs[1][1])
        after = [values[has_both].astype("f8") for values, _ in pairs]
        before = [values * means[has_both, None] for values, (_, means) in zip(after, pairs)] if NORMALISES else after
        labels = LABELS[has_both]
        checks.add("kinds subjects", int(has_both.sum()), number(row["subjects"]))
        for when, two in (("before", before), ("after", after)) if NORMALISES else (("before", before),):
            for name, value in zip(("mean_difference", "voxel_difference", "sd_ratio"), kinds_of(*two, labels)):
                # Differences are shares of the mean of the full scans, and compared as such.
                checks.add(f"kinds {name}", value, number(row[f"{name}_{when}"]), least=1, where=f"({row['method']}, {when})")


def affine_of(path):
    """Voxel to world in mm, from the rows of the sform; None where the header has none."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        raw = file.read(352)
    order = "<" if struct.unpack("<i", raw[:4])[0] == 348 else ">"
    if struct.unpack(order + "h", raw[254:256])[0] <= 0:
        return None
    return np.vstack([np.array(struct.unpack(order + "12f", raw[280:328]), "f8").reshape(3, 4), [0, 0, 0, 1]])


def kept_scan(person, dataset):
    """Scan's affine, its slice axis, the kept slices, and where a point of the common space lies in it (None: a warp)."""
    path = os.path.join(RUN, "derivatives", "oinr", person, "anat", f"{person}_desc-{dataset}_T1w.nii.gz")
    with open(path.replace(".nii.gz", ".json")) as file:
        said = json.load(file)
    tested = path_of(person, dataset)
    transform = np.eye(4)
    if tested != path:
        with open(tested.replace(".nii.gz", ".json")) as file:
            carried = json.load(file)
        transform = None if carried["IsNonlinear"] else np.array(carried["AffineTemplateToScan"]).reshape(4, 4)
    return affine_of(path), "ijk".index(said["SliceArrayAxis"]), np.array(said["KeptSlices"]), transform


def redo_distance(checks, table, truth):
    volumes = Volumes()
    own = affine_of(os.path.join(RUN, "group", "desc-full_stat-t_statmap.nii.gz"))
    places = np.array(np.unravel_index(np.flatnonzero(MASK), GRID, order="F"))
    world = own @ np.vstack([places, np.ones(places.shape[1])])
    for (method, percent), rows in itertools.groupby(table, lambda row: (row["method"], row["missing_percent"])):
        rows = list(rows)
        dataset = IDS[method, percent]
        scans = [kept_scan(person, dataset) for person in PEOPLE]
        if any(affine is None or transform is None for affine, _, _, transform in scans):
            checks.skip("distance.tsv", "headers without an sform, or transforms with a warp")
            return
        sizes = [np.linalg.norm(affine[:3, axis]) for affine, axis, _, _ in scans]
        # Of scans on grids of their own the middle one counts, on one grid all are the same.
        every = int(rows[0]["k"])
        width = sorted(every * size for size in sizes)[len(sizes) // 2] / every
        pair = None if volumes.why_not() else (volumes.of("full")[0], volumes.of(dataset)[0])
        if pair is None or np.isnan(pair[0]).any() or np.isnan(pair[1]).any():
            checks.skip("distance.tsv, errors", volumes.why_not() or "not everybody has both scans")
            pair = None
        count, squares, mean = np.zeros(1000), np.zeros(1000), 0.0
        for person, (affine, axis, kept, transform) in enumerate(scans):
            slices = (np.linalg.inv(affine) @ transform @ world)[axis]
            distance = (sizes[person] * np.abs(slices[:, None] - kept).min(axis=1)).astype("f4").astype("f8")
            mean = mean + distance / len(scans)
            bands = np.floor(distance / width + 0.5).astype(int)
            count += np.bincount(bands, minlength=1000)
            if pair is not None:
                error = (pair[1][person].astype("f8") - pair[0][person]) ** 2
                squares += np.bincount(bands, weights=error, minlength=1000)
        bands = np.floor(mean / width + 0.5).astype(int)
        relabelings = int(DATASETS[0]["permutations"])
        full, imputed = (found_at(counts_of(name, "p", relabelings), relabelings, rows[0]["criterion"]) for name in ("full", dataset))
        tested = ~np.isnan(map_of("full", "t") + map_of(dataset, "t"))
        for row in rows:
            band = round(number(row["distance_mm"]) / width)
            where = f"(distance.tsv: {method}, {percent} %, {row['distance_mm']} mm)"
            checks.add("distance share_of_values", count[band] / count.sum(), number(row["share_of_values"]), where=where)
            if pair is not None:
                checks.add("distance rms_error", math.sqrt(squares[band] / count[band]), number(row["rms_error"]), where=where)
            within = tested & (bands == band)
            sets = {"tested_voxels": within, "full_voxels": full & within, "imputed_voxels": imputed & within}
            sets["both_voxels"] = sets["full_voxels"] & imputed
            for name, one in sets.items():
                checks.add(f"distance {name}", int(one.sum()), number(row[name]), where=where)
            sizes_of = {name: int(one.sum()) for name, one in sets.items()}
            both = sizes_of["both_voxels"]
            checks.add("distance sensitivity", ratio(both, sizes_of["full_voxels"]), number(row["sensitivity"]), where=where)
            if truth is not None:
                true = truth["effect"] & within
                checks.add("distance true_found", ratio((true & imputed).sum(), true.sum()), number(row["true_found"]), where=where)


def redo_power(checks, power, truth):
    curve = [(number(row["per_group"]), number(row["sensitivity"])) for row in power if row["scans"] == "full"]
    curve = [point for point in curve if point[1] is not None]
    for row in power:
        sensitivity, size = number(row["sensitivity"]), number(row["per_group"])
        if row["scans"] == "full" or sensitivity is None:
            continue
        equals = size_of(curve, sensitivity)
        where = f"({row['scans']}, {row['method']}, {row['per_group']})"
        checks.add("power equals_full_per_group", equals, number(row["equals_full_per_group"]), where=where)
        full = size / 2 if row["scans"] == "mixed" else 0
        worth = None if equals is None else (equals - full) / (size - full)
        checks.add("power worth_by_power", worth, number(row["worth_by_power"]), where=where)
    redo_samples(checks, power, truth)


def redo_samples(checks, power, truth):
    volumes = Volumes()
    why = volumes.why_not()
    if why is not None:
        checks.skip("samples of the power curve", why)
        return
    groups = {label: np.flatnonzero(LABELS == label).tolist() for label in (1, 0)}
    if power[0]["to_find"] == "true effect":
        effect, decided = truth["effect"], truth["decided"]
    else:
        relabelings = int(SETTINGS["permutations"])
        effect = found_at(counts_of("full", "p", relabelings), relabelings, power[0]["criterion"].replace(", two", ", uncorrected, two"))
        decided = np.ones_like(effect)
    full = volumes.of("full")[0]
    for row in power:
        imputed = full if row["scans"] == "full" else volumes.of(IDS[row["method"], row["missing_percent"]])[0]
        if np.isnan(full).any() or np.isnan(imputed).any():
            checks.skip("samples of the power curve", "not everybody has both scans")
            return
        size = int(row["per_group"])
        level = float(re.match(r"p < ([0-9.]+),", row["criterion"]).group(1))
        found = []
        for sample in range(int(SETTINGS["power"])):
            people = [
                person
                for label in (1, 0)
                for person in Stream(SETTINGS["mix-seed"], "sample of people", sample, label).shuffle(list(groups[label]))[:size]
            ]
            takes = np.full(2 * size, row["scans"] == "imputed") | ((row["scans"] == "mixed") & (np.arange(2 * size) % 2 == 1))
            values = np.where(takes[:, None], imputed[people], full[people])
            nuisance = columns_of(takes) if row["scans"] == "mixed" else np.ones((2 * size, 1))
            freedom = 2 * size - 1 - nuisance.shape[1]
            found.append(np.abs(t_of(values, LABELS[people], nuisance)) > student_quantile(level / 2, freedom))
        where = f"({row['scans']}, {row['method']}, {size})"
        checks.add("power samples", len(found), number(row["samples"]), where=where)
        checks.add("power voxels_found", float(np.mean([one.sum() for one in found])), number(row["voxels_found"]), where=where)
        candidates = [one & decided for one in found]
        for name, shares in (
            ("sensitivity", [ratio((one & effect).sum(), effect.sum()) for one in candidates]),
            ("one_minus_precision", [ratio((one & ~effect).sum(), one.sum()) for one in candidates]),
        ):
            known = [share for share in shares if share is not None]
            summary = [np.mean(known), *np.quantile(known, [0.025, 0.975])] if known else [None] * 3
            for suffix, value in zip(("", "_low", "_high"), summary):
                checks.add(f"power {name}{suffix}", None if value is None else float(value), number(row[name + suffix]), where=where)


def student_quantile(tail, freedom):
    """t with P(T > t) = tail, by bisection of the tail's integral (substitution t = sqrt(freedom) tan a)."""
    nodes, weights = np.polynomial.legendre.leggauss(64)
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(math.pi)

    def tail_of(t):
        low, high = math.atan(t / math.sqrt(freedom)), math.pi / 2
        angles = (high - low) / 2 * nodes + (high + low) / 2
        return scale * (high - low) / 2 * float(weights @ np.cos(angles) ** (freedom - 1))

    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if tail_of(middle) > tail else (low, middle)
    return low


# ---- Random groups ---------------------------------------------------------------------------------------------------


def relabelings_of(labels, blocks, count, seed, exchanges_labels):
    """Labels, or orders of people, of every relabeling; the first is the identity."""
    people = len(labels)
    identity = labels.tolist() if exchanges_labels else list(range(people))
    members = [np.flatnonzero(blocks == block).tolist() for block in dict.fromkeys(blocks.tolist())]
    if exchanges_labels:
        possible = math.prod(math.comb(len(block), int(labels[block].sum())) for block in members)
    else:
        possible = math.prod(math.factorial(len(block)) for block in members)
    if possible <= count:
        choices = [
            itertools.combinations(block, int(labels[block].sum())) if exchanges_labels else itertools.permutations(block)
            for block in members
        ]
        rows = []
        for choice in itertools.product(*choices):
            row = [0] * people
            for block, chosen in zip(members, choice):
                for place, value in zip(block, chosen):
                    if exchanges_labels:
                        row[value] = 1
                    else:
                        row[place] = value
            rows.append(row)
        rows.sort(key=lambda row: row != identity)
        return np.array(rows)
    rows, seen = [identity], {tuple(identity)}
    for index in range(1, count):
        stream = Stream(seed, "relabeling", index)
        while True:
            row = list(identity)
            for block in members:
                for i in range(len(block) - 1, 0, -1):
                    here, there = block[i], block[stream.integer(i + 1)]
                    row[here], row[there] = row[there], row[here]
            # Where there are few, none is taken twice; where there are many, that is left to chance.
            if possible >= 100 * count or tuple(row) not in seen:
                break
        seen.add(tuple(row))
        rows.append(row)
    return np.array(rows)


def largest_t(values, labels, kinds, covariate, count, seed):
    """Largest |T| of all voxels in every relabeling: labels within kinds, or residuals where there is a covariate."""
    y = values.astype("f8")
    nuisance = columns_of(kinds) if covariate is None else np.column_stack([np.ones(len(labels)), covariate])
    basis, _ = np.linalg.qr(nuisance)
    y = y - basis @ (basis.T @ y)
    square = (y**2).sum(axis=0)
    y = y[:, square > 1e-12 * (values.astype("f8") ** 2).sum(axis=0)]
    square = (y**2).sum(axis=0)
    x = labels - basis @ (basis.T @ labels)
    freedom = len(labels) - 1 - nuisance.shape[1]
    largest = []
    for row in relabelings_of(labels, np.asarray(kinds), count, seed, covariate is None):
        if covariate is None:
            own, rest = row - basis @ (basis.T @ row), square
            product = own @ y
        else:
            # Residual `row[j]` comes to place j; what the covariate explains of the new order is taken out again.
            moved = y[row]
            own, product = x, x @ moved
            rest = square - ((basis.T @ moved) ** 2).sum(axis=0)
        r2 = np.minimum(product**2 / (own @ own) / rest, 1)
        largest.append(math.sqrt(freedom * r2.max() / max(1 - r2.max(), 1e-300)))
    return np.array(largest)


NULL_SHARES = {
    "all full": (0, 0),
    "all imputed": (1, 1),
    "half of each group imputed": (0.5, 0.5),
    "80 % against 20 % imputed": (0.8, 0.2),
    "one group imputed": (1, 0),
}


def redo_draws(checks, table):
    draws = read_table("false_positive_draws")
    volumes = Volumes()
    why = volumes.why_not() or (None if draws else "false_positive_draws.tsv is not there")
    if why is not None:
        checks.skip("draws of false_positives.tsv", why)
        return
    full = volumes.of("full")[0]
    for row in table:
        own = [one for one in draws if all(one[name] == row[name] for name in ("design", "method", "missing_percent", "model"))]
        where = f"({row['design']}, {row['model']}, {row['method']})"
        checks.add("false_positives errors", sum(int(one["significant"]) for one in own), number(row["errors"]), where=where)
        imputed = full if row["method"] == "full" else volumes.of(IDS[row["method"], row["missing_percent"]])[0]
        if np.isnan(full).any() or np.isnan(imputed).any():
            checks.skip("draws of false_positives.tsv", "not everybody has both scans")
            return
        size, count = int(row["per_group"]), int(row["permutations"])
        first, second = NULL_SHARES[row["design"]]
        labels = np.repeat([1, 0], size)
        places = np.tile(np.arange(size), 2)
        # Halves are rounded up, as the product does.
        thin = places < np.repeat([math.floor(first * size + 0.5), math.floor(second * size + 0.5)], size)
        takes = np.ones_like(thin) if row["model"] == "equalised" else thin
        kinds = thin.astype(int) if row["model"] == "kinds" else np.zeros(2 * size, int)
        covariate = thin.astype("f8") if row["model"] == "covariate" else None
        for one in own[:DRAWS]:
            draw = int(one["draw"]) - 1
            seed = SETTINGS["mix-seed"]
            people = Stream(seed, "null draw", draw).permutation(len(PEOPLE))[: 2 * size]
            values = np.where(takes[:, None], imputed[people], full[people])
            largest = largest_t(values, labels, kinds, covariate, count, seed + draw)
            allowed = math.floor(float(row["alpha"]) * len(largest) + 1e-9 * len(largest))
            significant = int((largest >= largest[0] * (1 - 1e-12)).sum() <= allowed)
            checks.keep("false_positives, draws tested again", abs(significant - int(one["significant"])), f"{where[:-1]}, draw {draw + 1})", 1)


def redo_false_positives(checks, table):
    for row in table:
        errors, draws = int(row["errors"]), int(row["draws"])
        where = f"({row['design']}, {row['model']}, {row['method']})"
        checks.add("false_positives family_wise_error", errors / draws, number(row["family_wise_error"]), where=where)
        for name, value in zip(("low", "high"), binomial_interval(errors, draws)):
            checks.add(f"false_positives {name}", value, number(row[name]), where=where)
    redo_draws(checks, table)


def redo_citations(checks):
    """Every number of the page is the cell that it names."""
    path = os.path.join(RUN, "report.html")
    if not os.path.exists(path):
        checks.skip("numbers of the page", "report.html is not there; run the stage report")
        return
    with open(path) as file:
        page = file.read()
    for section in ("joining", "mixtures"):
        text = re.search(rf'<section id="{section}"[\s\S]*?</section>', page)
        for value, file, line, column in re.findall(
            r'<data value="([^"]*)" data-source="tables/(\w+)\.tsv" data-line="(\d+)" data-column="([^"]*)"', text.group(0) if text else ""
        ):
            cell = read_cached(file)[int(line) - 2][column]
            plain = value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&#39;", "'").replace("&amp;", "&")
            checks.keep(f"cells cited by the page, {section}", 0.0 if cell == plain else math.inf, f"({file}, line {line}, {column})", 1)


CACHE = {}


def read_cached(name):
    return CACHE.setdefault(name, read_table(name))


def main():
    checks = Checks()
    mixtures = read_table("mixtures")
    truth = read_truth()
    if mixtures is not None:
        redo_mixtures(checks, mixtures, truth)
    for name, redo in (
        ("joining", lambda table: redo_joining(checks, table, mixtures)),
        ("worth", lambda table: redo_worth(checks, table, truth)),
        ("kinds", lambda table: redo_kinds(checks, table)),
        ("distance", lambda table: redo_distance(checks, table, truth)),
        ("power", lambda table: redo_power(checks, table, truth)),
        ("false_positives", lambda table: redo_false_positives(checks, table)),
    ):
        table = read_table(name)
        if table is None:
            checks.skip(f"{name}.tsv", "the run has none")
        else:
            redo(table)
    redo_citations(checks)
    return checks.tell()


if len(sys.argv) not in (3, 4):
    print(__doc__)
    sys.exit(2)
RUN, DATA = sys.argv[1:3]
DRAWS = int(sys.argv[3]) if len(sys.argv) == 4 else 20
with open(os.path.join(RUN, "run.json")) as file:
    SETTINGS = json.load(file)["stages"]["compare"]["config"]
DATASETS = read_table("datasets")
IDS = {(row["method"], row["missing_percent"]): row["id"] for row in DATASETS}
SMOOTHING = float(DATASETS[0]["smoothing_fwhm_mm"])
NORMALISES = DATASETS[0]["normalisation"] == "mean"
# In the full data every voxel of the mask is tested, or the mask is not known from the maps alone.
T_FULL, GRID, _ = read_grid(os.path.join(RUN, "group", "desc-full_stat-t_statmap.nii.gz"))
MASK = ~np.isnan(T_FULL)
if int(MASK.sum()) != int(DATASETS[0]["voxels"]) or number(DATASETS[0].get("excluded_voxels")) not in (None, 0.0):
    print("Some voxels of the mask were not tested, so the mask is not known from the maps; nothing was redone.")
    sys.exit(1)
HALVES = read_table("worth_halves") or [
    row for row in (read_table("mixture_people") or []) if row["draw"] == "1"
]
GROUPS = {row["participant_id"]: row["group"] for row in HALVES}
PEOPLE = list(GROUPS)
LABELS = np.array([1 if GROUPS[person] == DATASETS[0]["group_first"] else 0 for person in PEOPLE])
sys.exit(main())
