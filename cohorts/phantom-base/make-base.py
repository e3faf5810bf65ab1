"""Makes colin27_brain_1mm.nii.gz from the Colin27 volumes of Debian's package mricron-data.

Usage: python3 make-base.py FOLDER   (the folder with colin27_T1w.nii.gz, whole head, and colin27_T1w_brain.nii.gz)
Needs numpy, scipy and nibabel. Only whoever wants to retrace the file needs this; the phantom reads its result.

The package's brain has a ragged surface and lacks the fluid of many sulci. Here the brain's outline is closed (5 mm),
opened (3 mm) and smoothed, and what the whole head shows inside it is kept, as a good skull stripping would do.
"""
import gzip
import sys
from pathlib import Path

import nibabel
import numpy as np
from scipy import ndimage


def dilate(mask, radius):
    return ndimage.distance_transform_edt(~mask) <= radius


def erode(mask, radius):
    return ndimage.distance_transform_edt(mask) > radius


folder = Path(sys.argv[1])
brain_image = nibabel.load(folder / "colin27_T1w_brain.nii.gz")
head = np.asarray(nibabel.load(folder / "colin27_T1w.nii.gz").dataobj)
brain = np.asarray(brain_image.dataobj) > 0

closed = ndimage.binary_fill_holes(erode(dilate(brain, 5), 5))
opened = dilate(erode(closed, 3), 3)
labels, count = ndimage.label(opened)
largest = labels == 1 + np.argmax(ndimage.sum(opened, labels, range(1, count + 1)))
outline = ndimage.gaussian_filter(largest.astype(float), 1.5) > 0.5

stripped = np.where(outline, head, 0).astype(np.uint8)
inside = np.argwhere(outline)
first, last = inside.min(0) - 1, inside.max(0) + 2
crop = stripped[first[0] : last[0], first[1] : last[1], first[2] : last[2]]
affine = brain_image.affine.copy()
affine[:3, 3] += first
image = nibabel.Nifti1Image(crop, affine)
image.header["descrip"] = b"Colin27 T1w brain, 1 mm, MNI space (c) 2006-2010 C Rorden, BSD-3-clause"
image.set_sform(affine, code=4)
image.set_qform(affine, code=4)
image.header.set_xyzt_units("mm")
target = Path(__file__).with_name("colin27_brain_1mm.nii.gz")
target.write_bytes(gzip.compress(image.to_bytes(), 9, mtime=0))
print(target.name, crop.shape, affine[:3, 3], int((crop > 0).sum()), "brain voxels")
