#!/usr/bin/env python3
"""Compare a grid pack's answers with GEOS on the survey that the pack was made from.

    pip install shapely
    tools/compare_with_geos.py --gewu target/release/gewu --survey CELLS.geojson \
        --code-field CODE --pack CITY.gewugrid [--points 100000] [--seed 1]

Half of the points are random within the survey's bounding box, a quarter within a metre of a random
place on a border, a quarter on such a place, rounded to 1e-7 degree. Expected is what the survey
itself says: the smallest code (by bytes) among the features whose geometry contains the point, or
none. Rings that cross themselves are taken by even-odd, as the builder takes them. A disagreement
within 2 cm of a border is rounding and is only counted; one farther away is printed, and the exit
status is 1.
"""
import argparse
import csv
import json
import math
import random
import subprocess
import sys
import tempfile

import numpy
import shapely

METRES = 111_319.49


def even_odd(polygon):
    """A polygon's ground by even-odd: inside its shell's and in none of its holes'."""
    def ground(ring):
        lines = shapely.node(shapely.LineString(ring))
        faces = shapely.polygonize([lines])
        kept = [f for f in faces.geoms if crossings(ring, f.representative_point()) % 2]
        return shapely.union_all(kept) if kept else shapely.Polygon()

    holes = [ground(ring) for ring in polygon[1:] if len(ring) > 3]
    whole = ground(polygon[0]) if len(polygon[0]) > 3 else shapely.Polygon()
    return shapely.difference(whole, shapely.union_all(holes)) if holes else whole


def crossings(ring, point):
    """How often a ray to the east crosses a ring."""
    count = 0
    for (ax, ay), (bx, by) in zip(ring, ring[1:]):
        if (ay > point.y) != (by > point.y):
            count += ax + (point.y - ay) / (by - ay) * (bx - ax) > point.x
    return count


def closed(ring):
    """A ring as the builder takes it: flat, closed, or None when it is no ring.

    GEOS drops a whole feature for one ring that is open or too short.
    """
    flat = [tuple(p[:2]) for p in ring]
    if len({(round(x * 1e7), round(y * 1e7)) for x, y in flat}) < 3:
        return None
    return flat if flat[0] == flat[-1] else flat + flat[:1]


def usable(part):
    """A polygon's rings that can be used; none without its shell."""
    rings = [closed(ring) for ring in part]
    return [ring for ring in rings if ring] if rings and rings[0] else []


def geometry(feature):
    """A feature's ground, with invalid polygons read by even-odd."""
    shape = feature["geometry"]
    if shape is None or shape["type"] not in ("Polygon", "MultiPolygon"):
        return None
    parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    parts = [part for part in map(usable, parts) if part]
    if not parts:
        return None
    whole = shapely.MultiPolygon([(part[0], part[1:]) for part in parts])
    return whole if whole.is_valid else shapely.union_all([even_odd(part) for part in parts])


def code(feature, field):
    """A code as the builder reads it: text, or a number without a needless fraction."""
    value = (feature.get("properties") or {}).get(field, feature.get("id") if field == "id" else None)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def read(path, field):
    with open(path, encoding="utf-8-sig") as file:
        features = json.load(file)["features"]
    pairs = [(code(feature, field), geometry(feature)) for feature in features]
    kept = [(name, ground) for name, ground in pairs if name and ground is not None and not ground.is_empty]
    if len(kept) < len(pairs):
        print(f"{len(pairs) - len(kept)} features have no code or enclose nothing: left out here as in the pack")
    pairs = kept
    return [name for name, _ in pairs], numpy.array([ground for _, ground in pairs], dtype=object)


def sample(grounds, edges, count, rng):
    """Longitudes and latitudes in 1e-7 degree."""
    west, south, east, north = shapely.total_bounds(grounds)
    out = [(rng.uniform(west, east), rng.uniform(south, north)) for _ in range(count // 2)]
    for i in range(count - len(out)):
        (ax, ay), (bx, by) = edges[rng.randrange(len(edges))]
        share = rng.random()
        x, y = ax + share * (bx - ax), ay + share * (by - ay)
        if i % 2:
            reach = rng.choice([0.03, 0.1, 1.0]) / METRES
            x += rng.uniform(-1, 1) * reach / math.cos(math.radians(y))
            y += rng.uniform(-1, 1) * reach
        out.append((x, y))
    return [(round(x * 1e7), round(y * 1e7)) for x, y in out]


def expected(codes, grounds, points):
    """The smallest code that holds each point; GEOS decides."""
    places = shapely.points([(x / 1e7, y / 1e7) for x, y in points])
    answers = [None] * len(points)
    # Pairs by bounding box first: a prepared polygon answers without walking all its vertices.
    shapely.prepare(grounds)
    which, holders = shapely.STRtree(grounds).query(places)
    holds = shapely.intersects(grounds[holders], places[which])
    for i, holder in zip(which[holds], holders[holds]):
        name = codes[holder]
        if answers[i] is None or name.encode() < answers[i].encode():
            answers[i] = name
    return answers, places


def found(args, points):
    """What the pack says."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as table:
        rows = csv.writer(table)
        rows.writerow(["id", "lon", "lat"])
        rows.writerows((i, f"{x / 1e7:.7f}", f"{y / 1e7:.7f}") for i, (x, y) in enumerate(points))
        table.flush()
        done = subprocess.run(
            [args.gewu, "grid", "locate", "--pack", args.pack, "--points", table.name],
            check=True, capture_output=True, text=True,
        )
    return [row["unit"] or None for row in csv.DictReader(done.stdout.splitlines())]


class Borders:
    """All edges of the survey, to measure from a point."""

    def __init__(self, grounds):
        ends, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(grounds)), return_index=True)
        same = ring[1:] == ring[:-1]
        self.edges = numpy.stack([ends[:-1][same], ends[1:][same]], axis=1)
        self.tree = shapely.STRtree(shapely.linestrings(self.edges))

    def metres(self, place):
        """Metres to the nearest edge within a hundred, in the plane of the point's latitude."""
        near = self.tree.query(shapely.box(place.x - 1e-3, place.y - 1e-3, place.x + 1e-3, place.y + 1e-3))
        if not len(near):
            return math.inf
        squeeze = (math.cos(math.radians(place.y)), 1.0)
        flat = shapely.linestrings((self.edges[near] - (place.x, place.y)) * squeeze)
        return shapely.distance(flat, shapely.Point(0, 0)).min() * METRES


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gewu", default="gewu", help="the program")
    parser.add_argument("--survey", required=True, help="GeoJSON in degrees")
    parser.add_argument("--pack", required=True)
    parser.add_argument("--code-field", default="code")
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--near-m", type=float, default=0.02, help="metres that count as on a border")
    args = parser.parse_args()

    codes, grounds = read(args.survey, args.code_field)
    borders = Borders(grounds)
    points = sample(grounds, borders.edges, args.points, random.Random(args.seed))
    wanted, places = expected(codes, grounds, points)
    got = found(args, points)
    assert len(got) == len(points), "an answer for every point"
    near = wrong = 0
    for i, (expect, answer) in enumerate(zip(wanted, got)):
        if expect == answer:
            continue
        away = borders.metres(places[i])
        if away <= args.near_m:
            near += 1
            continue
        wrong += 1
        if wrong <= 20:
            print(f"{places[i].x:.7f},{places[i].y:.7f}: survey {expect}, pack {answer}, {away:.3f} m from a border")
    inside = sum(answer is not None for answer in got)
    print(f"{len(points)} points, {inside} inside: {near} differ within {args.near_m} m of a border, {wrong} farther away")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
