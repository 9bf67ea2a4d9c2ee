"""Writes statistics.json: what scipy, statsmodels, scikit-learn and netcal make of small made-up data.

    python test/golden/statistics.py     (scipy 1.15.3, statsmodels 0.14.6, scikit-learn 1.6.1, netcal 1.4.0, numpy 2.4.6)

`test/evaluate/statistics.test.ts` makes the same numbers with the package. The data stand in the file too.
"""

import json
from pathlib import Path

import numpy as np
from netcal.metrics import ECE
from scipy.optimize import minimize_scalar
from scipy.special import erfc, log_softmax
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from statsmodels.stats.contingency_tables import mcnemar

rng = np.random.default_rng(7)


def mcnemar_cases():
    for b, c in [(0, 0), (3, 3), (1, 9), (0, 5), (12, 12), (10, 14), (10, 15), (40, 80), (5, 60), (200, 210)]:
        exact = b + c < 25
        found = mcnemar([[50, b], [c, 20]], exact=exact, correction=True)
        yield {"b": b, "c": c, "statistic": None if exact else float(found.statistic), "p": float(found.pvalue)}


def probabilities(records, classes, sharpness):
    logits = rng.normal(size=(records, classes)) * 2
    truth = np.array([rng.choice(classes, p=row / row.sum()) for row in np.exp(logits)])
    sharp = np.exp(log_softmax(logits * sharpness, axis=1)).round(9).clip(1e-9)
    return truth, sharp / sharp.sum(axis=1, keepdims=True)


def calibration_case(sharpness):
    truth, p = probabilities(80, 4, sharpness)
    logs = np.log(p)
    rows = np.arange(len(truth))
    loss = lambda t: -log_softmax(logs / t, axis=1)[rows, truth].mean()
    best = minimize_scalar(lambda u: loss(np.exp(u)), bounds=(-2.9, 2.9), method="bounded", options={"xatol": 1e-12})
    onehot = np.eye(4)[truth]
    return {
        "truth": truth.tolist(),
        "probabilities": p.ravel().tolist(),
        "temperature": float(np.exp(best.x)),
        "before": float(loss(1.0)),
        "after": float(best.fun),
        "brier": float(((p - onehot) ** 2).sum(axis=1).mean()),
        # netcal bins the winner's confidence
        "ece": float(ECE(bins=10).measure(p, truth)),
    }


def logistic_case():
    truth = rng.integers(0, 3, size=60)
    x = rng.normal(size=(60, 4)) + truth[:, None] * np.array([0.8, -0.5, 0.2, 0.0])
    x = (x * np.array([1.0, 10.0, 0.01, 3.0]) + np.array([5.0, 0.0, 1.0, -2.0])).round(6)
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=1.0, solver="newton-cg", tol=1e-12, max_iter=10000).fit(scaler.transform(x), truth)
    intercept = model.intercept_ - model.intercept_.mean()
    return {
        "features": x.ravel().tolist(),
        "labels": truth.tolist(),
        "weights": model.coef_.ravel().tolist(),
        "bias": intercept.tolist(),
        "answers": model.predict(scaler.transform(x)).tolist(),
    }


values = rng.normal(size=37).round(4)
golden = {
    "mcnemar": list(mcnemar_cases()),
    "erfc": [[x, float(erfc(x))] for x in [0.0, 0.1, 0.5, 1.0, 1.9, 2.0, 2.1, 3.0, 5.0, 9.0]],
    "calibration": [calibration_case(2.0), calibration_case(0.5)],
    "logistic": logistic_case(),
    "quantiles": {
        "values": sorted(values.tolist()),
        "found": [[q, float(np.quantile(values, q))] for q in [0.0, 0.025, 0.3, 0.5, 0.975, 1.0]],
    },
}
(Path(__file__).parent / "statistics.json").write_text(json.dumps(golden) + "\n")
