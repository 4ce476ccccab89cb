package io.expunge.catalog;

import io.expunge.shared.Problem;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** Decodes JPEG and PNG to bytes, channels first; the first image says how large and how coloured all are. */
final class ImageDecoder {

    private static final int MAX_SIDE = 1_024;

    private int channels;
    private int height;
    private int width;

    /** Shape of the images so far: channels, height, width. */
    List<Long> shape() {
        return List.of((long) channels, (long) height, (long) width);
    }

    byte[] decode(byte[] file, String where) {
        try (var in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
            var readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw Upload.fault(where, "is not a JPEG or PNG image");
            }
            var reader = readers.next();
            try {
                reader.setInput(in, true, true);
                checkSize(reader, where);
                return pixels(reader.read(0), where);
            } finally {
                reader.dispose();
            }
        } catch (Problem e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw Upload.fault(where, "is an image that does not decode");
        }
    }

    /** Before any pixel is decoded, so that a small file cannot claim a huge picture. */
    private void checkSize(ImageReader reader, String where) throws IOException {
        int w = reader.getWidth(0);
        int h = reader.getHeight(0);
        if (w > MAX_SIDE || h > MAX_SIDE) {
            throw Upload.fault(where, "is larger than " + MAX_SIDE + " × " + MAX_SIDE + " pixels");
        }
        if (width == 0) {
            width = w;
            height = h;
        } else if (w != width || h != height) {
            throw Upload.fault(
                    where, "is " + w + " × " + h + " pixels but the first image is " + width + " × " + height);
        }
    }

    private byte[] pixels(BufferedImage image, String where) {
        boolean grey =
                image.getRaster().getNumBands() == 1 && image.getColorModel().getNumComponents() == 1;
        if (channels == 0) {
            channels = grey ? 1 : 3;
        } else if (channels == 1 && !grey) {
            throw Upload.fault(where, "is coloured but the first image is grey");
        }
        var out = new byte[channels * height * width];
        Raster raster = image.getRaster();
        int area = height * width;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                if (channels == 1) {
                    out[y * width + x] = (byte) raster.getSample(x, y, 0);
                } else {
                    int rgb = image.getRGB(x, y);
                    out[y * width + x] = (byte) (rgb >> 16);
                    out[area + y * width + x] = (byte) (rgb >> 8);
                    out[2 * area + y * width + x] = (byte) rgb;
                }
            }
        }
        return out;
    }
}
