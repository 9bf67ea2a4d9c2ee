"""python bench/tsne.py POINTS.tsv — how good is a map beside scikit-learn's and openTSNE's of the same points?

POINTS.tsv (bench/tsne.mjs writes it): our map's two coordinates, then the states, a protein a row. Prints a Markdown table: KL divergence (P with the same
perplexity over all pairs, exact Q), and the share of each point's 10 nearest neighbours in the states that are among its 10 nearest on the map.
pip install numpy scikit-learn openTSNE (not part of this project's packages)."""
import sys, time
import numpy as np
from sklearn.manifold import TSNE
from sklearn.manifold._t_sne import _joint_probabilities
from sklearn.neighbors import NearestNeighbors
from scipy.spatial.distance import pdist, squareform
import openTSNE

data = np.loadtxt(sys.argv[1], delimiter="\t")
ours, states = data[:, :2], data[:, 2:]
P = squareform(_joint_probabilities(squareform(pdist(states, "sqeuclidean")), 30.0, 0))

def divergence(y):
    w = 1 / (1 + squareform(pdist(y, "sqeuclidean")))
    np.fill_diagonal(w, 0)
    q = np.maximum(w / w.sum(), 1e-300)
    used = P > 0
    return float((P[used] * np.log(P[used] / q[used])).sum())

def preserved(y, k=10):
    near = lambda x: NearestNeighbors(n_neighbors=k + 1).fit(x).kneighbors(return_distance=False)[:, :k]
    return float(np.mean([len(set(a) & set(b)) / k for a, b in zip(near(states), near(y))]))

def timed(f):
    start = time.time()
    return f(), time.time() - start

rows = [("subloc-analysis", ours, None)]
y, seconds = timed(lambda: TSNE(perplexity=30, init="pca", random_state=1, max_iter=1000, n_jobs=2).fit_transform(states))
rows.append(("scikit-learn, Barnes–Hut", y, seconds))
y, seconds = timed(lambda: np.asarray(openTSNE.TSNE(perplexity=30, initialization="pca", random_state=1, n_jobs=2, negative_gradient_method="bh").fit(states)))
rows.append(("openTSNE, Barnes–Hut", y, seconds))
print(f"{len(states)} points of {states.shape[1]} dimensions\n\n| map | KL divergence (nats) | 10 nearest kept | s |\n| --- | --- | --- | --- |")
for name, y, seconds in rows:
    print(f"| {name} | {divergence(y):.4f} | {preserved(y):.4f} | {'' if seconds is None else f'{seconds:.1f}'} |")
