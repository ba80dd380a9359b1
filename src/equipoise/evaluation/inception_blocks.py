"""The building blocks of Inception-v3: Szegedy et al. 2015, arXiv 1512.00567, as in the graph inception-2015-12-05.

Parameters are named as in the published weights file.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Side = int | tuple[int, int]


class ConvNorm(nn.Module):
    """Convolution without bias, batch normalisation with epsilon 0.001, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: Side, *, stride: int = 1, padding: Side = 0) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        """Any image to one of `outputs` channels."""
        return F.relu(self.bn(self.conv(x)))


def average_pool(x: Tensor) -> Tensor:
    """3 x 3 mean over the pixels that exist: TensorFlow does not count the padding."""
    return F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)


def largest_pool(x: Tensor) -> Tensor:
    """3 x 3 maximum: what the last block of the published graph has in the place of a mean."""
    return F.max_pool2d(x, 3, stride=1, padding=1)


class Mixed35(nn.Module):
    """The block at 35 x 35; `pooled` channels come from its pooling branch."""

    def __init__(self, inputs: int, pooled: int) -> None:
        super().__init__()
        self.branch1x1 = ConvNorm(inputs, 64, 1)
        self.branch5x5_1 = ConvNorm(inputs, 48, 1)
        self.branch5x5_2 = ConvNorm(48, 64, 5, padding=2)
        self.branch3x3dbl_1 = ConvNorm(inputs, 64, 1)
        self.branch3x3dbl_2 = ConvNorm(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = ConvNorm(96, 96, 3, padding=1)
        self.branch_pool = ConvNorm(inputs, pooled, 1)

    def forward(self, x: Tensor) -> Tensor:
        """To 224 + `pooled` channels."""
        five = self.branch5x5_2(self.branch5x5_1(x))
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch1x1(x), five, double, self.branch_pool(average_pool(x))], dim=1)


class Reduced17(nn.Module):
    """From 35 x 35 to 17 x 17."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.branch3x3 = ConvNorm(inputs, 384, 3, stride=2)
        self.branch3x3dbl_1 = ConvNorm(inputs, 64, 1)
        self.branch3x3dbl_2 = ConvNorm(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = ConvNorm(96, 96, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        """To `inputs` + 480 channels."""
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), double, F.max_pool2d(x, 3, stride=2)], dim=1)


class Mixed17(nn.Module):
    """The block at 17 x 17, its 7 x 7 convolutions taken apart; `narrow` channels lie between them."""

    def __init__(self, inputs: int, narrow: int) -> None:
        super().__init__()
        self.branch1x1 = ConvNorm(inputs, 192, 1)
        self.branch7x7_1 = ConvNorm(inputs, narrow, 1)
        self.branch7x7_2 = ConvNorm(narrow, narrow, (1, 7), padding=(0, 3))
        self.branch7x7_3 = ConvNorm(narrow, 192, (7, 1), padding=(3, 0))
        self.branch7x7dbl_1 = ConvNorm(inputs, narrow, 1)
        self.branch7x7dbl_2 = ConvNorm(narrow, narrow, (7, 1), padding=(3, 0))
        self.branch7x7dbl_3 = ConvNorm(narrow, narrow, (1, 7), padding=(0, 3))
        self.branch7x7dbl_4 = ConvNorm(narrow, narrow, (7, 1), padding=(3, 0))
        self.branch7x7dbl_5 = ConvNorm(narrow, 192, (1, 7), padding=(0, 3))
        self.branch_pool = ConvNorm(inputs, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        """To 768 channels."""
        seven = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        double = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        double = self.branch7x7dbl_5(self.branch7x7dbl_4(double))
        return torch.cat([self.branch1x1(x), seven, double, self.branch_pool(average_pool(x))], dim=1)


class Reduced8(nn.Module):
    """From 17 x 17 to 8 x 8."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.branch3x3_1 = ConvNorm(inputs, 192, 1)
        self.branch3x3_2 = ConvNorm(192, 320, 3, stride=2)
        self.branch7x7x3_1 = ConvNorm(inputs, 192, 1)
        self.branch7x7x3_2 = ConvNorm(192, 192, (1, 7), padding=(0, 3))
        self.branch7x7x3_3 = ConvNorm(192, 192, (7, 1), padding=(3, 0))
        self.branch7x7x3_4 = ConvNorm(192, 192, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        """To `inputs` + 512 channels."""
        seven = self.branch7x7x3_4(self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x))))
        return torch.cat([self.branch3x3_2(self.branch3x3_1(x)), seven, F.max_pool2d(x, 3, stride=2)], dim=1)


class Mixed8(nn.Module):
    """The block at 8 x 8, its branches spread out at the end. `largest`: pool by maximum instead of mean."""

    def __init__(self, inputs: int, *, largest: bool) -> None:
        super().__init__()
        self.branch1x1 = ConvNorm(inputs, 320, 1)
        self.branch3x3_1 = ConvNorm(inputs, 384, 1)
        self.branch3x3_2a = ConvNorm(384, 384, (1, 3), padding=(0, 1))
        self.branch3x3_2b = ConvNorm(384, 384, (3, 1), padding=(1, 0))
        self.branch3x3dbl_1 = ConvNorm(inputs, 448, 1)
        self.branch3x3dbl_2 = ConvNorm(448, 384, 3, padding=1)
        self.branch3x3dbl_3a = ConvNorm(384, 384, (1, 3), padding=(0, 1))
        self.branch3x3dbl_3b = ConvNorm(384, 384, (3, 1), padding=(1, 0))
        self.branch_pool = ConvNorm(inputs, 192, 1)
        self.largest = largest

    def forward(self, x: Tensor) -> Tensor:
        """To 2048 channels."""
        three = self.branch3x3_1(x)
        double = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        pooled = self.branch_pool(largest_pool(x) if self.largest else average_pool(x))
        spread = [self.branch3x3_2a(three), self.branch3x3_2b(three)]
        spread += [self.branch3x3dbl_3a(double), self.branch3x3dbl_3b(double)]
        return torch.cat([self.branch1x1(x), *spread, pooled], dim=1)
